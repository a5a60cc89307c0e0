<?php
// How an app with PHPMailer sends through Letterhead. Run: php phpmailer.php
//
// Without a password the kernel tells the relay which user and which unit sends. With one, the app is website:
//   LETTERHEAD_PASSWORD=… php phpmailer.php
require is_file(__DIR__ . '/vendor/autoload.php')
    ? __DIR__ . '/vendor/autoload.php'
    : '/usr/share/php/libphp-phpmailer/autoload.php';

$password = (string) getenv('LETTERHEAD_PASSWORD');  // what `letterhead app password website` has printed

$mail = new PHPMailer\PHPMailer\PHPMailer(true);
$mail->isSMTP();
$mail->Host = '127.0.0.1';
$mail->Port = 2525;
$mail->SMTPAutoTLS = false;  // the line does not leave this host
$mail->SMTPAuth = $password !== '';
$mail->Username = 'website';
$mail->Password = $password;
$mail->CharSet = 'UTF-8';
$mail->setFrom('website@acme.example', 'Acme');  // the mailbox's own address takes its place
$mail->addAddress('ada@example.org');
$mail->Subject = 'Your order 1001';
$mail->Body = "Dear Ada,\n\nit is on its way.\n";
$mail->send();

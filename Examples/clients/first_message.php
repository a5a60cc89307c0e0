<?php
// PHP with PHPMailer (composer require phpmailer/phpmailer, or Debian's libphp-phpmailer). Run: php first_message.php
//
// Apps that call mail() need no change where letterhead-sendmail is /usr/sbin/sendmail: ../apps/php.ini. Without it, set
//   sendmail_path = "/usr/bin/msmtp -t"
// and use the msmtprc beside this file. It works with and without -f, which many apps add: so no --read-envelope-from here,
// which msmtp takes only without -f.
// Symfony's Mailer: MAILER_DSN=smtp://127.0.0.1:2525; sendmail://default works by letterhead-sendmail, not by msmtp, which
// has no -bs.
if (is_file(__DIR__ . '/vendor/autoload.php')) {
    require __DIR__ . '/vendor/autoload.php';
} else {
    require '/usr/share/php/libphp-phpmailer/autoload.php';
}

$mail = new PHPMailer\PHPMailer\PHPMailer(true);
$mail->isSMTP();
$mail->Host = '127.0.0.1';
$mail->Port = (int) (getenv('PORT') ?: 2525);
$mail->SMTPAuth = false;     // the relay is on this host: no password,
$mail->SMTPAutoTLS = false;  // and no TLS
$mail->CharSet = 'UTF-8';
// Letterhead puts the company's own address here; PHPMailer wants a dot in it.
$mail->setFrom('billing@localhost.localdomain', 'Billing');
$mail->addAddress(getenv('TO') ?: 'ada@example.org');
$mail->Subject = 'Invoice 1001';
$mail->Body = "Dear Ada,\n\nyour invoice is attached.\n";
$mail->addStringAttachment('%PDF-1.4 ...', 'invoice-1001.pdf');
$mail->send();

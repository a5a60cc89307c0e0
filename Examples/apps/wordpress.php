<?php
/*
Plugin Name: Mail through Letterhead
Description: Sends all mail of this site through the relay. Put this file into wp-content/mu-plugins.
*/

// What wp-config.php may define, each with what holds without it. A user and a password are for a site that is not on the
// relay's host, or that shares its user with others: `letterhead app password website` makes them.
//   define('LETTERHEAD_HOST', '127.0.0.1');
//   define('LETTERHEAD_PORT', 2525);
//   define('LETTERHEAD_ENCRYPTION', '');  // 'tls' for STARTTLS, 'ssl' for TLS at once
//   define('LETTERHEAD_USER', '');
//   define('LETTERHEAD_PASSWORD', '');
add_action('phpmailer_init', function ($mail) {
    $setting = fn($name, $usual) => defined("LETTERHEAD_$name") ? constant("LETTERHEAD_$name") : $usual;
    $mail->isSMTP();
    $mail->Host = $setting('HOST', '127.0.0.1');
    $mail->Port = $setting('PORT', 2525);
    $mail->SMTPSecure = $setting('ENCRYPTION', '');
    $mail->SMTPAutoTLS = false;
    $mail->Username = $setting('USER', '');
    $mail->Password = $setting('PASSWORD', '');
    $mail->SMTPAuth = $mail->Username !== '';
});

#!/bin/sh
# GLPI: what Setup > Notifications > Email notifications configuration asks for, typed in GLPI's own folder. With a user and
# a password (`letterhead app password glpi`), type those two into the form: GLPI keeps them sealed.
set -e
php bin/console config:set smtp_mode 1  # SMTP
php bin/console config:set smtp_host 127.0.0.1
php bin/console config:set smtp_port 2525
php bin/console config:set smtp_username ''

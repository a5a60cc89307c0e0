// The program that cron, web applications and mail readers call as sendmail.

import Glibc
import Sendmail

exit(SendmailProgram.run(CommandLine.arguments))

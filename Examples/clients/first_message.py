# Python 3, nothing to install. Run: python3 first_message.py
import os
import smtplib
from email.message import EmailMessage

message = EmailMessage()
message["From"] = "Billing <billing@localhost>"      # Letterhead puts the company's own address here
message["To"] = os.environ.get("TO", "ada@example.org")
message["Subject"] = "Invoice 1001"
message.set_content("Dear Ada,\n\nyour invoice is attached.\n")
message.add_attachment(b"%PDF-1.4 ...", maintype="application", subtype="pdf", filename="invoice-1001.pdf")

# No starttls(), no login(): the relay is on this host.
with smtplib.SMTP("127.0.0.1", int(os.environ.get("PORT", "2525"))) as relay:
    relay.send_message(message)

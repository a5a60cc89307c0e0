// Node.js with Nodemailer (npm install nodemailer). Run: node first_message.js
// With Debian's node-nodemailer: NODE_PATH=/usr/share/nodejs node first_message.js
const nodemailer = require("nodemailer");

const relay = nodemailer.createTransport({
  host: "127.0.0.1",
  port: Number(process.env.PORT || 2525),
  secure: false, // the relay is on this host: no TLS, no password
  ignoreTLS: true,
});

relay
  .sendMail({
    from: '"Billing" <billing@localhost>', // Letterhead puts the company's own address here
    to: process.env.TO || "ada@example.org",
    subject: "Invoice 1001",
    text: "Dear Ada,\n\nyour invoice is attached.\n",
    attachments: [{ filename: "invoice-1001.pdf", content: Buffer.from("%PDF-1.4 ...") }],
  })
  .then((sent) => console.log(sent.response))
  .catch((error) => {
    console.error(error.message);
    process.exit(1);
  });

// .NET with MailKit (dotnet add package MailKit). Not run by Letterhead's tests: .NET is no Debian package.
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

var message = new MimeMessage();
message.From.Add(new MailboxAddress("Billing", "billing@localhost")); // Letterhead puts the company's own address here
message.To.Add(MailboxAddress.Parse(Environment.GetEnvironmentVariable("TO") ?? "ada@example.org"));
message.Subject = "Invoice 1001";
message.Body = new TextPart("plain") { Text = "Dear Ada,\n\nyour invoice is on its way.\n" };

using var relay = new SmtpClient();
// On this host: no TLS, no password.
await relay.ConnectAsync("127.0.0.1", int.Parse(Environment.GetEnvironmentVariable("PORT") ?? "2525"), SecureSocketOptions.None);
await relay.SendAsync(message);
await relay.DisconnectAsync(true);

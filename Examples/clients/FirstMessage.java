// Java with JavaMail, as older applications have it; with Jakarta Mail 2 and newer write jakarta.mail for javax.mail.
// Debian: apt-get install libmail-java, then
//   java -cp /usr/share/java/javax.mail.jar:/usr/share/java/javax.activation.jar FirstMessage.java
import java.util.Properties;
import javax.mail.Message;
import javax.mail.Session;
import javax.mail.Transport;
import javax.mail.internet.InternetAddress;
import javax.mail.internet.MimeMessage;

public class FirstMessage {
  public static void main(String[] arguments) throws Exception {
    Properties relay = new Properties();
    relay.put("mail.smtp.host", "127.0.0.1"); // on this host: no TLS, no password
    relay.put("mail.smtp.port", System.getenv().getOrDefault("PORT", "2525"));

    MimeMessage message = new MimeMessage(Session.getInstance(relay));
    // Letterhead puts the company's own address here.
    message.setFrom(new InternetAddress("billing@localhost", "Billing"));
    message.setRecipients(
        Message.RecipientType.TO, System.getenv().getOrDefault("TO", "ada@example.org"));
    message.setSubject("Invoice 1001");
    message.setText("Dear Ada,\n\nyour invoice is on its way.\n");
    Transport.send(message);
  }
}

// JavaMail 1.6, of which Jakarta Mail is the later name.
import java.util.Properties;
import javax.mail.Message;
import javax.mail.Session;
import javax.mail.Transport;
import javax.mail.internet.InternetAddress;
import javax.mail.internet.MimeMessage;

public class JavaMail {
  public static void main(String[] arguments) throws Exception {
    String security = System.getenv("SECURITY");
    String mechanism = System.getenv("MECHANISM");
    Properties relay = new Properties();
    relay.put("mail.smtp.host", System.getenv("HOST"));
    relay.put("mail.smtp.port", System.getenv("PORT"));
    relay.put("mail.smtp.starttls.enable", String.valueOf(security.equals("starttls")));
    relay.put("mail.smtp.starttls.required", String.valueOf(security.equals("starttls")));
    relay.put("mail.smtp.ssl.enable", String.valueOf(security.equals("tls")));
    // Java keeps authorities in a store of its own format, so it looks at the certificate's name alone here.
    relay.put("mail.smtp.ssl.trust", System.getenv("HOST"));
    relay.put("mail.smtp.auth", String.valueOf(!mechanism.isEmpty()));
    if (!mechanism.isEmpty() && !mechanism.equals("ANY")) relay.put("mail.smtp.auth.mechanisms", mechanism);
    Session session = Session.getInstance(relay);
    session.setDebug(true);

    MimeMessage message = new MimeMessage(session);
    message.setFrom(new InternetAddress("erp@localhost"));
    message.setRecipients(Message.RecipientType.TO, System.getenv("TO"));
    message.setSubject("Invoice");
    message.setText("Hello.\n");
    if (mechanism.isEmpty()) Transport.send(message);
    else Transport.send(message, System.getenv("APP"), System.getenv("PASSWORD"));
  }
}

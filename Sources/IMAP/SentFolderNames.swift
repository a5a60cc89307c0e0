// What mail programs and servers call the folder of sent messages, where no server marks it.

enum SentFolderNames {
  /// The likelier first. Compared whatever their case.
  static let all: [String] = [
    // English
    "Sent", "Sent Items", "Sent Messages", "Sent Mail", "Sent-Items", "SentMail",
    // German
    "Gesendet", "Gesendete Elemente", "Gesendete Objekte", "Gesendete Nachrichten",
    // Italian
    "Posta inviata", "Inviati", "Inviata", "Elementi inviati", "Messaggi inviati",
    // French
    "Envoyés", "Éléments envoyés", "Messages envoyés", "Courrier envoyé", "Objets envoyés",
    // Spanish, Catalan, Portuguese
    "Enviados", "Elementos enviados", "Mensajes enviados", "Correo enviado", "Enviats", "Elements enviats",
    "Itens enviados", "Itens Enviados", "Mensagens enviadas",
    // Dutch
    "Verzonden", "Verzonden items", "Verzonden berichten", "Verzonden objecten",
    // Danish, Norwegian, Swedish, Finnish, Icelandic
    "Sendt", "Sendt post", "Sendte elementer", "Sendte meddelelser", "Skickat", "Skickade objekt", "Skickade",
    "Lähetetyt", "Lähetetyt kohteet", "Sent atriði",
    // Polish, Czech, Slovak, Hungarian, Romanian
    "Wysłane", "Elementy wysłane", "Odeslané", "Odeslaná pošta", "Odeslané zprávy", "Odoslané", "Odoslaná pošta",
    "Odoslané správy", "Elküldött", "Elküldött elemek", "Elküldött üzenetek", "Trimise", "Elemente trimise",
    "Mesaje trimise",
    // Croatian, Slovene, Serbian
    "Poslano", "Poslane stavke", "Poslani predmeti", "Poslato", "Послато",
    // Estonian, Latvian, Lithuanian
    "Saadetud", "Saadetud üksused", "Nosūtītie", "Nosūtītās ziņas", "Išsiųsta", "Išsiųsti", "Išsiųsti laiškai",
    // Russian, Ukrainian, Bulgarian, Greek, Turkish
    "Отправленные", "Надіслані", "Изпратени", "Απεσταλμένα", "Gönderilmiş Öğeler", "Gönderilenler", "Gönderilmiş",
    // Hebrew, Arabic
    "נשלחו", "פריטים שנשלחו", "دفتر ارسالات", "العناصر المرسلة", "المرسلة", "البريد المرسل",
    // Japanese, Chinese, Korean, Vietnamese, Thai, Indonesian
    "送信済み", "送信済みアイテム", "送信済みメール", "送信済みトレイ", "已发送", "已发送邮件", "已傳送", "已傳送郵件", "寄件備份",
    "寄件備份匣", "보낸편지함", "보낸 편지함", "보낸 메일함", "Đã gửi", "ส่งแล้ว", "รายการที่ถูกส่ง", "Terkirim",
  ]

  private static let ranks: [String: Int] = Dictionary(
    all.enumerated().map { ($0.element.lowercased(), $0.offset) }, uniquingKeysWith: min)

  /// The lower, the likelier; `nil`: it is none of them.
  static func rank(of name: Substring) -> Int? { ranks[name.lowercased()] }
}

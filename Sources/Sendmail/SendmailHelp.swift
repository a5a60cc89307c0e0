// What `letterhead-sendmail --help` prints. docs/letterhead-sendmail.8 tells the rest.

enum SendmailHelp {
  static let text = """
    Hands the message on standard input to the Letterhead relay on this host. Cron,
    PHP, mail readers and others call it as sendmail; called as mailq it shows what
    waits, and called as newaliases it does nothing.

    Usage: letterhead-sendmail [-t] [-i] [-f address] [-F name] [--] [recipient ...]

      -t            recipients are those in the header (To, Cc, Bcc) as well
      -i            a line of one dot does not end the message
      -f ADDRESS    the envelope's sender; by default the user at this host
      -F NAME       the name in a From that is added
      -B8BITMIME    the body has 8-bit text
      -bs           standard input and output speak SMTP with the relay
      -bp           show what waits: letterhead queue
      -h, --help    show this; -h alone, since Sendmail's -h takes a number

    Other options of Sendmail, Postfix, Exim and msmtp are taken and mean nothing.
    While no relay answers, the message is left on disk, and the relay takes it as
    soon as it runs. Exit codes: 0 the message is taken, 64 the command was written
    wrongly, 75 try again later. The rest is in: man letterhead-sendmail

    """
}

// German as providers write it. How a line reads stands above `Lexicon`.

extension Lexicon {
  static let german = """
    sender: absender*, absendeadresse, absenderadresse, versandadresse
    recipient: empfanger*, empfaenger*, adressat*, kein postfach, benutzer unbekannt, postfach existiert nicht, benutzer existiert nicht
    account: konto*, kontos, postfach, postfachs, benutzerkonto, kunde*, vertrag*, tarif*, ihr account, mailkonto
    client: ihre ip, ihrer ip, ip adresse*, ihr server, ihr rechner, ihr host
    message: nachricht*, mail, email, mails, inhalt*
    header: kopfzeile*, header*, betreff
    attachment: anhang*, anhange*, anhaenge*, dateianhang, dateityp*
    connection: verbindung*, gleichzeitig*
    relay: weiterleit*, relay*
    sign-in: anmeld*, authentifizier*, authentisier*, einlogg*, login, eingeloggt
    not-signed-in: nicht authentifiziert, nicht angemeldet, authentifizierung erforderlich, anmeldung erforderlich, bitte authentifizieren, bitte anmelden, smtp auth … aktiv*, smtp authentifizierung … aktiv*, smtp auth verwenden, zuerst anmelden, melden sie sich
    credentials: passwort*, kennwort*, benutzername*, zugangsdaten, nutzername
    app-password: app passwort, anwendungspasswort, anwendungsspezifisch*, app kennwort
    encryption: verschlussel*, verschluessel*
    certificate: zertifikat*
    denied: nicht erlaubt, nicht gestattet, nicht zugelassen, nicht berechtigt, verweiger*, abgelehnt, abgewiesen, zuruckgewiesen, zurueckgewiesen, verboten, nicht akzeptiert, nicht zulassig, nicht zulaessig, keine berechtigung, unzulassig, unzulaessig, nicht freigeschaltet, untersagt, nicht erlaubt*, nicht zugelassen*, nicht berechtigt*
    wrong: falsch*, ungultig*, ungueltig*, fehlerhaft*, fehlgeschlagen, fehler, gescheitert, nicht korrekt, fehlt, fehlend*, unvollstandig*, unvollstaendig*
    required: erforderlich, notwendig, mussen, muessen, muss, bitte, benotigt, benoetigt, zuerst, nur
    unavailable: nicht verfugbar, nicht verfuegbar, nicht erreichbar, nicht unterstutzt
    suspended: gesperrt*, sperrung, sperre, deaktiviert, abgeschaltet, inaktiv, stillgelegt, nicht aktiviert, noch nicht aktiv*, freischalt*, gekundigt, eingeschrankt, geblockt, blockiert
    listed: blacklist*, blockliste, sperrliste, gelistet, schwarze liste, geblockt, blockiert, gesperrt
    reverse-name: reverse dns, rueckwaerts*, ruckwarts*, ptr
    unknown: unbekannt*, existiert nicht, nicht vorhanden, nicht gefunden, gibt es nicht, kein postfach, nicht bekannt
    mismatch: stimmt nicht uberein, stimmt nicht ueberein, nicht ubereinstimm*, gehort nicht, gehoert nicht, nicht ihre, uberein, ueberein
    unverified: nicht verifiziert, nicht bestatigt, nicht bestaetigt, nicht freigeschaltet, nicht fur dieses, nicht … freigeschaltet
    syntax: syntax, ungultige zeichen, ungueltige zeichen, syntaxfehler
    limit: limit*, grenze*, kontingent*, hochstzahl, hoechstzahl, maximal*, maximum, obergrenze, beschrankung, anzahl
    exceeded: uberschritten, ueberschritten, uberschreit*, ueberschreit*, erreicht, ausgeschopft, ausgeschoepft, aufgebraucht, uberstieg*
    too-many: zu viele, zuviele, zu oft, zu haufig, zu haeufig, zu viel
    too-fast: zu schnell, drossel*, gedrosselt
    large: zu gross, zu groß, grosse, groesse, zu lang
    full: voll, uberfullt, ueberfuellt, speicherplatz, kein platz
    minute: minute, minuten
    hour: stunde*, stundlich, stuendlich, pro stunde
    day: tag*, taglich*, taeglich*, pro tag, tageslimit*, tageskontingent, # stunden
    month: monat*, woche*
    spam: spam*, unerwunscht*, unerwuenscht*, werbung
    virus: virus, viren, schadsoftware
    content: inhalt*, richtlinie*
    later: spater, spaeter, erneut, nochmal, noch einmal, in kurze
    temporary: vorubergehend, voruebergehend, zeitweilig, temporar, derzeit, momentan, zur zeit, zurzeit
    busy: uberlastet, ueberlastet, ausgelastet, wartung*, storung, stoerung
    load: uberlastet, ueberlastet, ausgelastet, wartung*, storung, stoerung
    internal-fault: interner fehler, technischer fehler, serverfehler, systemfehler
    receives: keine mails empfangen, keine nachrichten empfangen, empfang
    sends: versand*, versend*, senden, gesendet, mailversand, ausgehend*, verschick*
    """
}

// Italian as providers write it. How a line reads stands above `Lexicon`.

extension Lexicon {
  static let italian = """
    sender: mittente*, indirizzo del mittente, mittenti
    recipient: destinatari*, utente sconosciuto, utente inesistente, casella inesistente, utente non trovato, casella piena, utente non esiste, casella non esiste
    account: account, utenza, utente, casella, cliente, abbonamento, contratto, utilizzatore
    client: indirizzo ip, vostro ip, tuo ip, suo ip, ip sorgente, vostro server
    message: messaggi*, mail, email, posta, contenuto
    header: intestazion*, oggetto
    attachment: allegat*
    connection: connession*, simultane*, contemporane*
    relay: relay*
    sign-in: autentic*, autenticazione, accesso, login
    not-signed-in: autenticazione richiesta, non autenticato, autenticazione necessaria, richiede l autenticazione, senza autenticazione, richiesta autenticazione, effettuare l autenticazione, richiede autenticazione, necessaria l autenticazione
    credentials: password, credenzial*, nome utente
    encryption: cifrat*, crittograf*, crittografia
    certificate: certificato*
    denied: non autorizzat*, non consentit*, non permess*, rifiutat*, negat*, respint*, vietat*, non ammess*, non abilitat*, non puo inviare, non accettat*
    wrong: non valid*, errat*, errore, fallit*, sbagliat*, scorrett*, mancant*
    required: richiest*, necessari*, obbligatori*, deve, prego, occorre, solo
    unavailable: non disponibil*, non supportat*, non raggiungibil*
    suspended: sospes*, disabilitat*, bloccat*, disattivat*, scadut*, inattiv*, non attiv*, limitat*, chius*
    listed: blacklist, lista nera, bloccat*
    reverse-name: reverse dns, risoluzione inversa
    unknown: sconosciut*, non esiste, inesistent*, non trovat*, non esistent*
    mismatch: non corrispond*, non appartien*, deve corrispondere, diverso, non coincid*
    unverified: non verificat*, non registrat*, non confermat*
    syntax: sintassi, caratteri non validi
    limit: limit*, limiti, quota, massimo, massima, soglia, numero
    exceeded: superat*, raggiunt*, eccedut*, esaurit*, supera, ecced*
    too-many: troppi, troppe, numero eccessivo, troppo spesso
    too-fast: troppo velocemente, troppo veloce, frequenza, rallentare, velocita
    large: troppo grande, dimension*, troppo lung*
    full: piena, pieno, spazio esaurito, spazio insufficiente, spazio su disco
    minute: minuto, minuti
    hour: ora, ore, orari*, oraria, all ora
    day: giorno, giornalier*, giornata, al giorno, giorni, # ore
    month: mese, mensil*, settiman*
    spam: spam*, indesiderat*, pubblicitari*
    virus: virus
    content: contenuto, politiche, policy, filtro
    later: piu tardi, riprova*, riprovare, successivamente, tra qualche minuto, nuovamente
    temporary: temporane*, momentane*, al momento, attualmente
    busy: sovraccaric*, occupat*, manutenzione
    load: sovraccaric*, occupat*, manutenzione
    internal-fault: errore interno, errore del server, problema tecnico, errore tecnico, errore di sistema
    receives: ricevere, ricezione, non riceve
    sends: invio, invii, inviare, inviat*, inviati, spedi*, in uscita
    mechanism: abilita l smtp, abilitare l smtp
    """
}

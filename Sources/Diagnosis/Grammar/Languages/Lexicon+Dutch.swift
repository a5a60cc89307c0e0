// Dutch as providers write it. How a line reads stands above `Lexicon`.

extension Lexicon {
  static let dutch = """
    sender: afzender*, afzendadres, verzendadres, uw domein
    recipient: ontvanger*, geadresseerde, gebruiker onbekend, onbekende gebruiker, gebruiker bestaat niet
    account: account, gebruiker*, klant*, postvak, abonnement
    client: uw ip, ip adres*, uw server, je ip
    message: bericht*, mail, email, inhoud
    attachment: bijlage*
    connection: verbinding*, gelijktijdig*
    relay: relay*
    sign-in: aanmeld*, inlog*, authentic*, ingelogd
    not-signed-in: niet ingelogd, niet aangemeld, authenticatie vereist, authenticatie is vereist, niet geauthenticeerd, u moet inloggen, eerst inloggen
    credentials: wachtwoord*, gebruikersnaam, inloggegevens
    encryption: versleutel*, beveiligde verbinding
    denied: niet toegestaan, geweigerd, niet geaccepteerd, verboden, afgewezen, geen toestemming, niet bevoegd
    wrong: ongeldig*, onjuist*, fout*, mislukt, verkeerd*
    required: vereist, verplicht, moet, nodig, alleen
    unavailable: niet beschikbaar
    suspended: geblokkeerd*, uitgeschakeld, opgeschort, gedeactiveerd, afgesloten
    listed: zwarte lijst, geblokkeerd*, blacklist
    unknown: onbekend*, bestaat niet, niet gevonden
    mismatch: komt niet overeen, hoort niet
    limit: limiet*, maximum, maximale, aantal
    exceeded: overschreden, bereikt, overschrijd*
    too-many: te veel, teveel, te vaak
    too-fast: te snel
    large: te groot, grootte
    full: vol, schijfruimte
    hour: uur, per uur
    day: dag, dagelijks*, per dag, daglimiet, dagen
    month: maand*, week
    spam: spam*, ongewenst*
    later: later, opnieuw
    temporary: tijdelijk*, momenteel
    busy: overbelast, onderhoud, bezet
    load: overbelast, onderhoud, bezet
    internal-fault: interne fout, storing
    sends: verzend*, verzonden, verstuur*, verstuurd, uitgaand*
    unverified: niet geverifieerd, niet bevestigd, niet geregistreerd
    """
}

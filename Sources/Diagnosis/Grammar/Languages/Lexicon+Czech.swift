// Czech as providers write it. How a line reads stands above `Lexicon`.

extension Lexicon {
  static let czech = """
    sender: odesilatel*, odesilatele
    recipient: prijemc*, adresat*, uzivatel neexistuje, uzivatel nenalezen, neznamy uzivatel
    account: ucet, uctu, uzivatel*, schrank*, zakaznik*
    client: ip adres*, vase ip, vas server
    message: zprav*, email, posta, posty, obsah
    attachment: priloh*
    connection: spojeni, pripojeni
    sign-in: prihlas*, autentiz*, overeni, autorizac*
    not-signed-in: vyzadovana autentizace, vyzaduje autentizaci, neprihlasen, nejste prihlasen*, vyzaduje overeni, prihlaste se, je nutne se prihlasit, neautorizovan*
    credentials: heslo, hesla, jmeno, uzivatelske jmeno
    encryption: sifrovan*
    denied: zakazan*, odmitnut*, nepovolen*, zamitnut*, neni povolen*, nesmi, odepren*
    wrong: neplatn*, chybn*, spatn*, chyba, selhal*, nespravn*
    required: vyzadovan*, vyzaduje, nutne, musi, pouze
    suspended: zablokovan*, pozastaven*, deaktivov*, vypnut*, neaktivn*, blokovan*
    listed: blacklist*, zablokovan*, blokovan*
    unknown: neznam*, neexistuje, nenalezen*, neexistujici
    mismatch: neodpovida, neshoduje, nepatri
    limit: limit*, maximaln*, pocet
    exceeded: prekrocen*, dosazen*, vycerpan*
    too-many: prilis mnoho, prilis casto, prilis velke
    too-fast: prilis rychle
    large: prilis velk*, velikost
    full: plna, plny, misto
    hour: hodin*
    day: den, denni*, denne, dnu
    month: mesic*, tydn*
    spam: spam*, nevyzadan*
    later: pozdeji, znovu, opakujte
    temporary: docasn*, momentalne, nyni
    busy: pretizen*, zaneprazdnen*
    load: pretizen*, zaneprazdnen*
    internal-fault: vnitrni chyba, interni chyba
    sends: odesilan*, odeslan*, odesilani, odchoz*
    """
}

// Romanian as providers write it. How a line reads stands above `Lexicon`.

extension Lexicon {
  static let romanian = """
    sender: expeditor*
    recipient: destinatar*
    account: cont, contul, contului, utilizator*, client*
    client: adresa ip, ip ul
    message: mesaj*, email
    connection: conexiun*
    sign-in: autentific*, conectare
    not-signed-in: autentificare necesara, necesita autentificare, nu sunteti autentificat, autentificarea este necesara
    credentials: parola, parole, nume de utilizator
    denied: nepermis*, respins*, refuzat*, interzis*, neautorizat*, nu este permis*, nu aveti dreptul
    wrong: invalid*, incorect*, eronat*, eroare, esuat*, gresit*
    required: necesar*, obligatori*, trebuie, doar
    suspended: suspendat*, dezactivat*, blocat*, inactiv*
    listed: blocat*, lista neagra
    unknown: necunoscut*, nu exista, inexistent*, negasit*
    mismatch: nu corespunde, nu apartine
    limit: limita*, limitei, cota, maxim*
    exceeded: depasit*, atins*, atinsa, epuizat*
    too-many: prea multe, prea multi, prea des
    too-fast: prea repede
    large: prea mare, dimensiune*
    full: plina, plin, spatiu
    minute: minut*
    hour: ora, ore, orara, pe ora
    day: zi, zilnic*, pe zi, zile
    month: luna, lunar*, saptaman*
    spam: spam*, nesolicitat*
    later: mai tarziu, incercati din nou, reincerc*
    temporary: temporar*, momentan
    busy: supraincarc*, ocupat
    load: supraincarc*, ocupat
    internal-fault: eroare interna
    sends: trimit*, trimis*, expediere, trimitere
    """
}

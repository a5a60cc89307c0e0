// Polish as providers write it. How a line reads stands above `Lexicon`.

extension Lexicon {
  static let polish = """
    sender: nadawc*, nadawca
    recipient: odbiorc*, adresat*, nieznany uzytkownik, brak uzytkownika, nie ma takiego, uzytkownik nie istnieje, konto nie istnieje
    account: konto, konta, uzytkownik*, skrzynk*, klient*, abonament
    client: adres ip, adresu ip, twoj ip, twoje ip, serwer nadawcy
    message: wiadomosc*, wiadomosci, mail, poczt*, tresc
    header: naglowek, naglowk*, temat
    attachment: zalacznik*
    connection: polacze*, jednoczesn*
    relay: relay*, przekazywanie
    sign-in: logowan*, uwierzytelni*, autoryzac*, zalogow*, zaloguj
    not-signed-in: wymagana autoryzacja, wymagane uwierzytelnienie, wymaga autoryzacji, wymaga uwierzytelnienia, nie zalogowany, niezalogowany, brak autoryzacji, wymagane logowanie, wlacz autoryzacje, bez autoryzacji, uwierzytelnienie jest wymagane
    credentials: haslo, hasla, login, nazwa uzytkownika
    encryption: szyfrowan*, polaczenie szyfrowane
    denied: niedozwolon*, zabronion*, odrzucon*, odmow*, nie ma prawa, brak uprawnien, nieautoryzowan*, nie jest dozwolon*, odrzucono, nie zezwala, zakaz*
    wrong: niepoprawn*, nieprawidlow*, bledn*, blad, nieudan*, zly, zle
    required: wymagan*, wymaga, nalezy, musi, tylko, prosimy
    unavailable: niedostepn*
    suspended: zablokowan*, zawieszon*, wylaczon*, nieaktywn*, dezaktyw*, blokad*
    listed: czarnej liscie, czarna lista, zablokowan*
    unknown: nieznan*, nie istnieje, nie znaleziono, brak uzytkownika, nie ma takiego
    mismatch: niezgodn*, nie zgadza, nie nalezy do, musi byc zgodn*
    limit: limit*, maksymaln*, przydzial, liczba
    exceeded: przekroczon*, przekroczyl*, osiagnie*, wyczerpan*, przekracza
    too-many: zbyt wiele, zbyt duzo, za duzo, zbyt czesto, zbyt duza liczba
    too-fast: zbyt szybko, czestotliwosc
    large: zbyt duzy, rozmiar, za duza wiadomosc, zbyt duza
    full: przepelnion*, pelna, brak miejsca
    minute: minut*
    hour: godzin*, na godzine
    day: dzien, dzienn*, doba, dobow*, dobe, # godzin
    month: miesia*, miesiec*, tygod*
    spam: spam*, niechcian*
    content: tresc
    violation: naruszeni*, zasad
    later: pozniej, ponownie, sprobuj
    temporary: tymczasow*, chwilow*
    busy: przeciazon*, zajet*
    load: przeciazon*, zajet*
    internal-fault: blad wewnetrzny, wewnetrzny blad, blad serwera
    sends: wysylan*, wysylk*, wyslan*, wysylac, wysylani*
    """
}

// French as providers write it. How a line reads stands above `Lexicon`.

extension Lexicon {
  static let french = """
    sender: expediteur*, emetteur*, adresse d expedition, adresse d envoi, domaine d envoi
    recipient: destinataire*, boite inactive, boite pleine, boite aux lettres, utilisateur inconnu, utilisateur inexistant, l utilisateur n existe, destinataire n existe
    account: compte*, utilisateur*, abonnement, boite, votre domaine, offre
    client: votre ip, adresse ip, ip source, votre serveur, votre adresse ip, votre hote
    message: message*, courriel*, mail, mails, email*, contenu
    header: entete*, en tete*, objet
    attachment: piece jointe, pieces jointes, fichier joint
    connection: connexion*, session*, simultan*
    relay: relay*, relais, relayage
    sign-in: authentif*, authentification, identif*, connexion refusee, connecter, tentatives de connexion
    not-signed-in: authentification requise, authentification obligatoire, non authentifie*, pas authentifie*, veuillez vous authentifier, sans authentification, n etes pas authentifie, identification requise, doit etre authentifie
    credentials: mot de passe, mots de passe, identifiant*, nom d utilisateur
    encryption: chiffre*, chiffrement, securise*, crypt*
    certificate: certificat*
    denied: pas autorise*, non autorise*, refus*, rejete*, interdit*, n est pas permis, non permis, pas accepte*, pas le droit, n est pas accepte*, impossible d envoyer, n autorise pas, pas habilite
    wrong: invalide*, incorrect*, errone*, erreur*, echec, echoue, mauvais*, non valide*, pas valide*, manquant*
    required: requis*, obligatoire*, doit, devez, veuillez, necessaire, seulement
    unavailable: indisponible*, non disponible, pas disponible, non supporte*, inaccessible
    suspended: suspendu*, desactive*, bloque*, verrouille*, inacti*, resilie*, ferme, limite par, pas active, non active
    listed: liste noire, blackliste*, bloquee*, bloque*, liste de blocage
    reverse-name: reverse dns, resolution inverse, dns inverse
    unknown: inconnu*, n existe pas, existe pas, inexistant*, introuvable*, pas trouve*, aucun utilisateur
    mismatch: ne correspond pas, correspond pas, n appartient pas, doit correspondre, different*, usurp*
    unverified: non verifie*, pas verifie*, non valide*
    syntax: syntaxe, caracteres invalides, caracteres interdits, mal forme*
    limit: limite*, quota*, nombre maxim*, maximum, maximal, plafond, seuil
    exceeded: depass*, atteint*, excede*, epuise*
    too-many: trop de, trop souvent, nombre trop, nombre excessif, trop nombreu*
    too-fast: trop vite, trop rapide*, debit, cadence, ralenti*
    large: trop gros*, trop volumineu*, taille, trop long*
    full: plein*, pleine, saturee*, espace insuffisant, espace disque
    minute: minute, minutes
    hour: heure*, horaire*, par heure
    day: jour*, journalier*, quotidien*, par jour, # heures
    month: mois, mensuel*, semaine*, hebdomadaire
    spam: spam*, indesirable*, pourriel*, publicitaire*
    virus: virus, malveillant*
    content: contenu, politique, filtre*
    later: plus tard, ulterieurement, reessay*, reiterer, dans quelques minutes, nouveau
    temporary: temporaire*, provisoire*, momentan*, pour le moment, actuellement
    busy: surcharge*, occupe*, maintenance, charge trop
    load: surcharge*, occupe*, maintenance, charge trop
    internal-fault: erreur interne, erreur technique, probleme technique, erreur serveur, incident
    receives: recevoir, n accepte pas, reception, recoit
    sends: envoi*, envoy*, envoyer, sortant*, expedi*
    """
}

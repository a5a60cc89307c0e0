// Portuguese as providers write it. How a line reads stands above `Lexicon`.

extension Lexicon {
  static let portuguese = """
    sender: remetente*
    recipient: destinatario*, usuario inexistente, usuario nao existe, usuario desconhecido, usuario nao encontrado, caixa postal inexistente
    account: conta, contas, usuario*, cliente, caixa postal, dominio*, plano
    client: endereco ip, seu ip, ip de origem, seu servidor
    message: mensagem*, mensagens, email*, conteudo
    header: cabecalho*, assunto
    attachment: anexo*
    connection: conexao, conexoes, simultane*
    relay: relay*
    sign-in: autentic*, autenticacao, login, excesso de tentativas, muitas tentativas, tentativas de
    not-signed-in: autenticacao necessaria, requer autenticacao, nao autenticado, autenticacao requerida, sem autenticacao, autenticacao obrigatoria, precisa autenticar, exige autenticacao, necessario autenticar
    credentials: senha*, credencia*, nome de usuario
    encryption: criptograf*, criptografia
    denied: nao permitid*, nao autorizad*, rejeitad*, recusad*, negad*, proibid*, nao aceit*, bloqueio
    wrong: invalid*, incorret*, errad*, erro, falh*
    required: requerid*, necessari*, obrigatori*, deve, requer, exige, apenas, por favor
    unavailable: indisponive*, nao disponivel
    suspended: suspens*, desativad*, bloquead*, desabilitad*, inativ*, restrit*
    listed: lista negra, blacklist, bloquead*
    reverse-name: dns reverso, reverso
    unknown: desconhecid*, nao existe, inexistente*, nao encontrad*
    mismatch: nao corresponde*, nao pertence*, deve ser o mesmo, diferente*
    unverified: nao verificad*, nao registrad*
    syntax: sintaxe, caracteres invalidos
    limit: limite*, cota*, maximo*, quota
    exceeded: excedid*, atingid*, ultrapassad*, excedeu, atingiu, ultrapassou, esgotad*
    too-many: muitas, muitos, excesso, demais
    too-fast: muito rapido, taxa, frequencia
    large: muito grande, tamanho
    full: cheia, cheio, sem espaco, espaco insuficiente
    minute: minuto, minutos
    hour: hora*, por hora
    day: dia, dias, diari*, por dia, # horas
    month: mes, mensal, mensais, semana*
    spam: spam*, indesejad*, lixo
    content: conteudo, politica*
    later: mais tarde, tente novamente, tentar novamente, novamente
    temporary: temporari*, momento, momentane*
    busy: sobrecarregad*, ocupad*, manutencao
    load: sobrecarregad*, ocupad*, manutencao
    internal-fault: erro interno, erro no servidor, problema tecnico
    receives: receber, recebimento
    sends: envio*, enviar, enviad*, saida
    """
}

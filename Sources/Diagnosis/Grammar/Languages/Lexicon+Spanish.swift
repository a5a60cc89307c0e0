// Spanish as providers write it. How a line reads stands above `Lexicon`.

extension Lexicon {
  static let spanish = """
    sender: remitente*, emisor
    recipient: destinatario*, usuario no existe, usuario desconocido, usuario inexistente, no existe el usuario, buzon no existe, buzon lleno, buzon inexistente, buzon no encontrado
    account: cuenta*, usuario*, cliente, buzon, suscripcion, dominio*
    client: direccion ip, su ip, tu ip, ip de origen, su servidor
    message: mensaje*, correo*, email, contenido
    header: cabecera*, encabezado*, asunto
    attachment: adjunto*, fichero adjunto
    connection: conexion*, simultane*
    relay: relay*, reenvio
    sign-in: autentic*, autentif*, iniciar sesion, inicio de sesion, identific*, intentos fallidos, intentos de acceso
    not-signed-in: autenticacion requerida, requiere autenticacion, no autenticado, debe autenticarse, sin autenticacion, requiere autentificacion, es necesaria la autenticacion, debe identificarse, necesita autenticarse
    credentials: contrasena*, clave*, credencial*, nombre de usuario
    encryption: cifrad*, encript*
    certificate: certificado*
    denied: no permitid*, no autorizad*, rechazad*, denegad*, prohibid*, no aceptad*, no esta permitido, no puede enviar, no tiene permiso*, no esta autorizad*, no esta habilitad*, no estan permitid*, no se permite*, no se acept*
    wrong: invalid*, incorrect*, erroneo*, error*, fallid*, fallo*, no valid*, falta*
    required: requerid*, necesari*, obligatori*, debe, requiere, solo, por favor
    unavailable: no disponible*, no soportad*
    suspended: suspendid*, deshabilitad*, bloquead*, desactivad*, inactiv*, restringid*, caducad*, no activad*
    listed: lista negra, listas negras, bloquead*
    reverse-name: dns inverso, resolucion inversa, registro ptr
    unknown: desconocid*, no existe, inexistente*, no encontrad*, no se encuentra
    mismatch: no coincide*, no corresponde*, no pertenece*, debe coincidir
    unverified: no verificad*, sin verificar, no registrad*
    syntax: sintaxis, caracteres no validos
    limit: limite*, cuota*, maximo*, cupo, tope
    exceeded: excedid*, superad*, alcanzad*, sobrepasad*, excede*, supera, agotad*, rebasad*
    too-many: demasiados, demasiadas, demasiada frecuencia, exceso de, muchos
    too-fast: demasiado rapido, frecuencia, tasa
    large: demasiado grande, tamano, demasiado largo
    full: lleno, llena, sin espacio, espacio insuficiente
    minute: minuto, minutos
    hour: hora*, por hora
    day: dia, dias, diari*, por dia, # horas
    month: mes, mensual, mensuales, mensualmente, semana*
    spam: spam*, no deseado*, publicidad, basura
    virus: virus
    content: contenido, politica*, filtro
    later: mas tarde, intent* … nuevo, intentelo, reintent*, vuelva a intentar*
    temporary: temporal*, momentane*, en este momento, actualmente
    busy: saturad*, sobrecargad*, ocupad*, mantenimiento
    load: saturad*, sobrecargad*, ocupad*, mantenimiento
    internal-fault: error interno, error del servidor, problema tecnico
    receives: recibir, recepcion
    sends: envio*, enviar, enviad*, enviados, saliente*
    """
}

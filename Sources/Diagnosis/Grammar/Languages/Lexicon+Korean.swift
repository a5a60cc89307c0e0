// Korean as providers write it. How a line reads stands above `Lexicon`.

extension Lexicon {
  static let korean = """
    sender: 발신자, 보내는 사람, 보낸사람, 발송자, 발신 주소
    recipient: 수신자, 받는 사람, 받는사람, 수신인, 사용자가 존재, 존재하지 않는 사용자, 없는 사용자
    account: 계정, 사용자, 메일함, 회원, 아이디
    client: 아이피, 접속
    message: 메일, 메시지, 본문
    attachment: 첨부
    connection: 접속, 연결, 동시
    relay: 릴레이, 중계
    sign-in: 인증, 로그인
    not-signed-in: 인증이 필요, 인증 필요, 인증되지 않은, 로그인이 필요, 인증하지, 로그인 후, 인증 후
    credentials: 비밀번호, 암호, 아이디
    app-password: 애플리케이션 비밀번호, 앱 비밀번호
    mechanism: imap smtp, pop3 smtp, smtp 사용
    encryption: 암호화, 보안 연결
    denied: 거부, 차단, 금지, 허용되지, 권한이, 불가, 않습니다
    wrong: 잘못, 오류, 실패, 올바르지, 일치하지
    required: 필요, 하십시오, 하세요, 해야
    unavailable: 사용할 수, 지원하지
    suspended: 정지, 중지, 잠금, 잠겼, 휴면, 제한되, 이용제한, 계정 차단, 발송 차단, 사용 안함
    listed: 블랙리스트, 차단
    unknown: 존재하지, 없는, 찾을 수
    mismatch: 일치하지, 다릅니다
    limit: 제한, 한도, 최대, 횟수
    exceeded: 초과, 도달, 넘었
    too-many: 너무 많은, 많은, 대량
    too-fast: 빈번, 너무 자주
    large: 너무 큽, 용량, 크기
    full: 가득, 용량
    minute: 분당, 분간
    hour: 시간당, 시간
    day: 하루, 일일, 오늘, 당일
    spam: 스팸, 광고
    virus: 바이러스
    content: 본문, 정책
    later: 잠시 후, 나중에, 다시
    temporary: 일시적, 임시
    busy: 혼잡, 점검
    load: 혼잡, 점검
    internal-fault: 시스템 오류, 내부 오류, 서버 오류
    sends: 발송, 보내기, 발신, 전송
    """
}

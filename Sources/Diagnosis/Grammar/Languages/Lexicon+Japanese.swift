// Japanese as providers write it. How a line reads stands above `Lexicon`.

extension Lexicon {
  static let japanese = """
    sender: 送信者, 差出人, 送信元
    recipient: 受信者, 宛先, 送信先, 受取人, ユーザが存在し, ユーザーが存在し, ユーザが見つかり, ユーザーが見つかり, アドレスが存在し
    account: アカウント, ユーザ, メールボックス, 契約, ドメイン
    client: ipアドレス, 接続元, 送信元ip, 送信元ホスト
    message: メール, メッセージ, 本文
    header: ヘッダ, 件名
    attachment: 添付
    connection: 接続数, 同時接続
    relay: 中継, リレー
    sign-in: 認証, ログイン, サインイン
    not-signed-in: 認証が必要, smtp認証を, 認証を行って, 認証されていない, 認証していない, ログインしてください, 認証を設定, 未認証
    credentials: パスワード, ユーザ名, ユーザー名
    encryption: 暗号化, 暗号
    certificate: 証明書
    denied: 拒否, 禁止, 許可されていません, 許可されてい, 許可がありません, できません, 受け付けられません, 不許可
    wrong: 正しくありません, 誤り, エラー, 失敗, 無効, 不正, 間違
    required: 必要, してください, 必須
    unavailable: 利用できません, 使用できません, 対応していません
    suspended: 停止, 凍結, ロック, 制限されています, 無効化, 利用停止, 規制
    listed: ブラックリスト, ブロック, 規制
    unknown: 存在しません, 不明, 見つかりません, 存在しない
    mismatch: 一致しません, 一致していません, 異なります, 一致しない
    limit: 制限, 上限, 上限数, 制限値
    exceeded: 超え, 超過, 達し, 上回
    too-many: 多すぎ, 大量
    too-fast: 頻度, 頻繁
    large: 大きすぎ, サイズ
    full: 容量, いっぱい
    minute: 分間, 分以内
    hour: 時間
    day: 一日, 1日, 日あたり, 24時間, 本日
    month: 月間, 一か月
    spam: 迷惑メール, スパム
    virus: ウイルス, ウィルス
    content: 本文, ポリシー
    later: しばらく, 後で, 再度, 時間をおいて
    temporary: 一時的, 現在
    busy: 混雑, 混み合, メンテナンス, 高負荷
    load: 混雑, 混み合, メンテナンス, 高負荷
    internal-fault: システムエラー, 内部エラー, 障害
    receives: 受信, 受け取
    sends: 送信, 発信, 送信数, 送信通数
    """
}

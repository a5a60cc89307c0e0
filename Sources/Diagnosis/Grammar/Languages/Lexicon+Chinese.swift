// Chinese as providers write it. How a line reads stands above `Lexicon`.

extension Lexicon {
  static let chinese = """
    sender: 发件人, 发信人, 寄件人, 发件地址, 发信地址, 发件人地址
    recipient: 收件人, 收信人, 收件地址, 收件者, 用户不存在, 邮箱不存在, 账号不存在
    account: 帐号, 账号, 账户, 帐户, 用户, 邮箱, 域名, 套餐
    client: 客户端, 主机, 服务器地址
    message: 邮件, 信件, 内容
    header: 信头, 邮件头, 主题, 标题
    attachment: 附件
    connection: 连接
    relay: 转发, 中继
    sign-in: 登录, 登陆, 认证, 验证, 身份验证
    not-signed-in: 未登录, 未认证, 需要认证, 需要身份验证, 没有登录, 请先登录, 请先认证, 未通过认证, 需要验证
    credentials: 密码, 用户名, 授权码, 口令
    app-password: 授权码, 客户端密码, 专用密码, 授权密码
    encryption: 加密
    certificate: 证书
    denied: 拒绝, 禁止, 不允许, 无权, 没有权限, 不能, 不接受, 未授权, 拒收, 限制
    wrong: 错误, 失败, 无效, 不正确, 有误, 非法
    required: 需要, 必须, 请
    unavailable: 不可用, 未开启, 未开通, 不支持
    suspended: 冻结, 禁用, 停用, 锁定, 被封, 欠费, 封禁, 未激活, 暂停, 关闭, 异常
    mechanism: smtp服务, 服务未开启, 服务已关闭, 未开启smtp
    listed: 黑名单, 屏蔽, 封锁
    unknown: 不存在, 未知, 找不到, 没有找到
    mismatch: 不一致, 不匹配, 不符, 不相符
    unverified: 未验证, 未备案, 未经验证, 未通过验证, 尚未验证, 没有验证
    limit: 限制, 上限, 限额, 配额, 最大, 频率限制, 数量
    exceeded: 超过, 超出, 达到, 超限, 用完, 已满, 超额
    too-many: 过多, 太多, 次数过多, 大量
    too-fast: 频繁, 过快, 太快, 频率, 过于频繁
    large: 过大, 太大, 大小
    full: 已满, 空间不足, 容量
    minute: 分钟
    hour: 小时
    day: 每天, 当天, 今日, 每日, 一天, 24小时, 当日
    month: 每月, 本月
    spam: 垃圾邮件, 垃圾, 反垃圾, 广告
    virus: 病毒
    content: 内容, 违规, 敏感
    later: 稍后, 重试, 稍候, 再试
    temporary: 暂时, 临时
    busy: 繁忙, 系统忙, 维护
    load: 繁忙, 系统忙, 维护
    internal-fault: 系统错误, 内部错误, 服务器错误
    receives: 收信, 接收
    sends: 发送, 发信, 发件, 投递, 外发
    """
}

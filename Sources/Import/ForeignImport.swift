// From the files of another program to a plan, and from that to sentences. Pure: files come from `ForeignFiles`, and nothing is written, run or asked.

package import SMTP

package enum ForeignImport {
  /// - Parameters:
  ///   - path: the main file of the old configuration.
  ///   - names: of entities, by their addresses.
  ///   - isFree: whether Letterhead could listen there now.
  package static func report(
    on system: ForeignSystem, at path: String, files: ForeignFiles, names: [(name: String, address: Address)] = [],
    isFree: @escaping @Sendable (_ host: String, _ port: Int) -> Bool
  ) -> ImportReport {
    var context = ImportContext(system, files, isFree: isFree)
    parse(system, path, &context)
    context.listenSomewhere()
    context.tellSharedMailboxes()
    if system.isSendmail, context.plan.isUseful {
      context.carried(
        nil, "Programs that call /usr/sbin/sendmail are served by letterhead-sendmail in its place.")
    }
    context.plan.register()
    context.plan.name(by: names)
    context.plan.settle()
    return ImportReport(context.plan)
  }

  private static func parse(_ system: ForeignSystem, _ path: String, _ context: inout ImportContext) {
    switch system {
    case .emailOAuth2Proxy: ProxyParser.parse(path, into: &context)
    case .postfix, .saslXOAUTH2: PostfixParser.parse(path, into: &context)
    case .msmtp: MsmtpParser.parse(path, into: &context)
    case .ssmtp: SSMTPParser.parse(path, into: &context)
    case .nullmailer: NullmailerParser.parse(path, into: &context)
    case .dma: DMAParser.parse(path, into: &context)
    case .exim: EximParser.parse(path, into: &context)
    case .smtp2graph: GraphRelayParser.parse(path, into: &context)
    }
  }
}

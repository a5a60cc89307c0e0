// Rows of the table for codes that telephone and cable companies, GoDaddy, Outlook and Yahoo put into their replies.

import Mailboxes

@testable import Diagnosis

extension Row {
  static let carriers = [
    Row(
      .greeting, "554 5.7.1 x - AUP#I-1200", .broken, .policy, .mailbox, "has blocked this machine's public IP address:"
    ),
    Row(.mail, "550 x AUP#O-1020", .broken, .policy, .mailbox, "has suspended, disabled, paused or blocked"),
    Row(.body, "421 x AUP#O-1090", .deferred, .transient, .message, "cannot take the message now (a temporary"),
    Row(.greeting, "554 x AUP#I-1100", .broken, .policy, .mailbox, "finds no reverse name (PTR record) for this"),
    Row(.greeting, "421 x AUP#I-1300", .paused, .throttle, .mailbox, "counts too many connections of"),
    Row(.recipient, "452 x AUP#O-1450", .paused, .throttle, .mailbox, "sends too much or too fast: a limit of its"),
    Row(.mail, "550 x AUP#O-1520", .broken, .sender, .mailbox, "it does not accept that sender address or"),
    Row(.body, "552 x AUP#O-1530", .failed, .message, .message, "The message is too large: its size is over"),
    Row(.mail, "452 x AUP#O-1540", .deferred, .transient, .message, "takes no more messages in this session (too"),
    Row(.recipient, "554 x AUP#O-1550", .failed, .message, .message, "The message has too many recipients for"),
    Row(.greeting, "554 x AUP#IPBL0101", .broken, .policy, .mailbox, "has blocked this machine's public IP address:"),
    Row(.greeting, "554 x AUP#CDRBL", .paused, .throttle, .mailbox, "has blocked this machine's public IP"),
    Row(.greeting, "554 x AUP#CXDNS", .broken, .policy, .mailbox, "finds no reverse name (PTR record) for this"),
    Row(.greeting, "421 x AUP#CXCNCT", .paused, .throttle, .mailbox, "counts too many connections of"),
    Row(.recipient, "452 x AUP#CXMXRT", .paused, .throttle, .mailbox, "sends too much or too fast: a limit of its"),
    Row(.body, "550 x AUP#CXTHRT", .broken, .policy, .mailbox, "after suspicious activity of the account"),
    Row(.mail, "550 x AUP#CXSNDR", .broken, .sender, .mailbox, "it does not accept that sender address or"),
    Row(.body, "554 x AUP#URLBL110", .failed, .message, .message, "takes the content of the message for spam"),
    Row(.signIn, "535 x IB401", .broken, .policy, .mailbox, "is GoDaddy's server for incoming mail: it"),
    Row(.greeting, "421 x IB007", .paused, .throttle, .mailbox, "counts too many connections of"),
    Row(.greeting, "554 x IB104", .broken, .policy, .mailbox, "has blocked this machine's public IP address:"),
    Row(.greeting, "421 x IB108", .broken, .policy, .mailbox, "finds no reverse name (PTR record) for this"),
    Row(.greeting, "554 x IB110", .paused, .throttle, .mailbox, "has blocked this machine's public IP"),
    Row(.mail, "550 x IB607", .paused, .quota, .mailbox, "reached its hourly limit at"),
    Row(.mail, "550 x IB510", .deferred, .transient, .message, "takes no more messages in this session (too"),
    Row(.mail, "550 x IB508", .broken, .sender, .mailbox, "it does not accept that sender address or"),
    Row(.body, "552 x IB212", .failed, .message, .message, "takes the content of the message for spam"),
    Row(.greeting, "550 x OFR001_102", .broken, .policy, .mailbox, "has blocked this machine's public IP address:"),
    Row(.greeting, "421 x LPN105_104", .paused, .throttle, .mailbox, "counts too many connections of"),
    Row(.greeting, "421 x OFR_999", .unreachable, .transient, .mailbox, "cannot serve this connection now: a"),
    Row(.body, "550 x OUK_513", .failed, .message, .message, "takes the content of the message for spam"),
    Row(.body, "552 x LPN007_514", .failed, .message, .message, "The message is too large: its size is over"),
    Row(.mail, "421 4.7.0 [TSS05] x", .paused, .throttle, .mailbox, "has blocked this machine's public IP"),
    Row(.mail, "553 5.7.1 [BL23] x", .broken, .policy, .mailbox, "has blocked this machine's public IP address:"),
    Row(
      .recipient, "451 4.7.500 Server busy (S77719) x", .paused, .throttle, .mailbox,
      "has blocked this machine's public IP"),
    Row(.mail, "550 5.7.1 x (S3140)", .broken, .policy, .mailbox, "has blocked this machine's public IP address:"),
  ]
}

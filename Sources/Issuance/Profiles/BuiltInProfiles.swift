import Registry

/// The profiles that `init` puts into the store as version 1. From then on they are the operator's to change.
public enum BuiltInProfiles {
  /// Every installation has these, in this order.
  public static let texts = [idevid, operational, gateway, server]

  /// What `init` writes for a name today; nil for a name that is not one of these.
  public static func document(of name: ProfileName) -> String? {
    for text in texts + [lab] where (try? ProfileDocument.parse(text))?.name == name { return text + "\n" }
    return nil
  }

  /// IEEE 802.1AR-2018 §8: an initial identity that never expires and is never renewed.
  static let idevid = """
    name: idevid
    description: initial device identity, given at manufacture (IEEE 802.1AR)
    authority: idevid
    subject:
      - serialNumber: "{serial}"
      - commonName: "{serial}"
    keys: [P-256, P-384, RSA-2048, RSA-3072, RSA-4096]
    validity: never
    backdate: 1h
    renewal: never
    key-usage: [digitalSignature]
    policies: []
    ask: [secret, grant, key, administrator, registration-authority]
    protocols: [est, rest, command]
    """

  static let operational = """
    name: operational
    description: what a device shows from day to day (LDevID), renewed by the device itself
    authority: operational
    subject:
      - serialNumber: "{serial}"
      - commonName: "{serial}"
    keys: [P-256, P-384, Ed25519, RSA-2048, RSA-3072, RSA-4096]
    validity: 7d
    backdate: 1h
    renewal: {window: 3d, grace: 90d, early: true}
    key-usage: [digitalSignature]
    extended-key-usage: [clientAuth]
    ask: [secret, grant, key, certificate, manufacturer, administrator, registration-authority]
    enroll-from: [idevid]
    protocols: [est, rest, command]
    """

  static let gateway = """
    name: gateway
    description: a gateway, which is a client of the cloud and a server to its devices
    authority: operational
    kind: gateway
    subject:
      - serialNumber: "{serial}"
      - commonName: "{serial}"
    honor: [subject-alternative-names.dns, subject-alternative-names.ip]
    keys: [P-256, P-384, RSA-2048, RSA-3072, RSA-4096]
    validity: 30d
    backdate: 1h
    renewal: {window: 10d, grace: 90d, early: true}
    key-usage: [digitalSignature]
    extended-key-usage: [serverAuth, clientAuth]
    ask: [secret, grant, key, certificate, manufacturer, administrator, registration-authority]
    enroll-from: [idevid]
    protocols: [est, rest, command]
    """

  static let server = """
    name: server
    description: a broker, proxy or service that devices talk to
    authority: operational
    kind: application
    subject:
      - commonName: "{serial}"
    honor: [subject-alternative-names.dns, subject-alternative-names.ip]
    keys: [P-256, P-384, RSA-2048, RSA-3072, RSA-4096]
    validity: 90d
    backdate: 1h
    renewal: {window: 30d, grace: 30d, early: true}
    key-usage: [digitalSignature]
    extended-key-usage: [serverAuth, clientAuth]
    ask: [secret, certificate, administrator]
    protocols: [est, rest, command]
    """

  /// Only in a demonstration or after `init --lab`: takes what is asked, for a day, and keeps no device.
  public static let lab = """
    name: lab
    description: for trying clients out; not for devices
    authority: lab
    honor: [subject, subject-alternative-names]
    keys: [P-256, P-384, Ed25519, RSA-2048, RSA-3072, RSA-4096]
    validity: 24h
    backdate: 1h
    renewal: {window: 12h, grace: 0s, early: true}
    key-usage: [digitalSignature]
    extended-key-usage: [clientAuth]
    ask: [grant, certificate, administrator, challenge]
    protocols: [est, rest, command, scep, cmp, acme]
    device: false
    """
}

import Credentials
import DeviceFormats
import KeyCustody
import TestKit
import Testing
import WireFormats

/// Chains, good and broken one way each, against what OpenSSL says of the same files.
@Suite struct PathCheckTests {
  struct Chain: Sendable {
    var leaf: [UInt8]
    var intermediates: [[UInt8]] = []
    var anchors: [[UInt8]]
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let outcome: PathError?
    /// Where OpenSSL takes what is refused here, and why.
    var stricter: String?
    let make: @Sendable () throws -> Chain

    init(
      _ description: String, _ outcome: PathError?, stricter: String? = nil,
      _ make: @escaping @Sendable () throws -> Chain
    ) {
      (testDescription, self.outcome, self.stricter, self.make) = (description, outcome, stricter, make)
    }
  }

  /// Root, one intermediate, leaf, each changed before it is signed.
  static func chain(
    root changeRoot: (inout ForgedCertificate) -> Void = { _ in },
    middle changeMiddle: (inout ForgedCertificate) -> Void = { _ in },
    leaf changeLeaf: (inout ForgedCertificate) -> Void = { _ in }
  ) throws -> Chain {
    let root = try ForgedCertificate.authority("root").changed(changeRoot)
    let middle = try ForgedCertificate.authority("middle").changed(changeMiddle)
    let leaf = try ForgedCertificate.leaf().changed(changeLeaf)
    return Chain(
      leaf: try leaf.signed(by: middle), intermediates: [try middle.signed(by: root)],
      anchors: [try root.signed(by: root)])
  }

  /// Root, several authorities under each other, leaf.
  static func line(_ authorities: [ForgedCertificate]) throws -> Chain {
    let leaf = try ForgedCertificate.leaf()
    let intermediates = try zip(authorities, authorities.dropFirst()).map { try $1.signed(by: $0) }
    return Chain(
      leaf: try leaf.signed(by: authorities[authorities.count - 1]), intermediates: intermediates,
      anchors: [try authorities[0].signed(by: authorities[0])])
  }

  static func named(_ names: [String], pathLengths: [Int: Int] = [:]) throws -> [ForgedCertificate] {
    try names.enumerated().map { try .authority($1, pathLength: pathLengths[$0]) }
  }

  static let unknown = CertificateExtension.raw(
    ObjectIdentifier([1, 3, 6, 1, 4, 1, 99_999, 1]), critical: true, value: [0x05, 0x00])

  static let cases: [Case] = good + times + authorities + signatures + purposes + extensions

  static let good: [Case] = [
    Case("root, intermediate, leaf", nil) { try chain() },
    Case("leaf right under the root", nil) { try line(named(["root"])) },
    Case("six authorities", nil) { try line(named(["root", "a", "b", "c", "d", "e"])) },
    Case("intermediates in the wrong order, and a stranger", nil) {
      var chain = try line(named(["root", "a", "b", "c"]))
      chain.intermediates = try chain.intermediates.reversed() + line(named(["other", "x"])).intermediates
      return chain
    },
    Case("two authorities of one name, told apart by key identifier", nil) {
      let root = try ForgedCertificate.authority("root")
      let (right, wrong) = (try ForgedCertificate.authority("middle"), try ForgedCertificate.authority("middle"))
      return Chain(
        leaf: try ForgedCertificate.leaf().signed(by: right),
        intermediates: [try wrong.signed(by: root), try right.signed(by: root)], anchors: [try root.signed(by: root)])
    },
    Case("P-384, RSA and Ed25519 in one chain", nil) {
      let root = try ForgedCertificate.authority("root", key: .generate(.p384))
      let rsa = try ForgedCertificate.authority("rsa", key: .generate(.rsa2048))
      return try line([root, rsa, .authority("edwards", key: .generate(.ed25519))])
    },
  ]

  static let times: [Case] = [
    Case("leaf expired", .expired) { try chain(leaf: { $0.notAfter = .present - .minutes(5) }) },
    Case("leaf not yet valid", .notYetValid) { try chain(leaf: { $0.notBefore = .present + .minutes(5) }) },
    Case("intermediate expired", .expired) { try chain(middle: { $0.notAfter = .present - .minutes(5) }) },
    Case("root expired", .expired) { try chain(root: { $0.notAfter = .present - .minutes(5) }) },
    Case("leaf that never expires", nil) { try chain(leaf: { $0.notAfter = .noExpiry }) },
  ]

  static let authorities: [Case] = [
    Case("intermediate without BasicConstraints", .notAnAuthority) {
      try chain(middle: { $0.extensions.remove(at: 0) })
    },
    Case("intermediate with cA FALSE", .notAnAuthority) {
      try chain(middle: { $0.extensions[0] = .basicConstraints(isAuthority: false) })
    },
    Case("intermediate without keyCertSign", .mayNotSignCertificates) {
      try chain(middle: { $0.extensions[1] = .keyUsage(.cRLSign) })
    },
    Case("root without KeyUsage", nil) { try chain(root: { $0.extensions.remove(at: 1) }) },
    Case("root without cA", .notAnAuthority, stricter: "OpenSSL takes a trusted certificate with keyCertSign for one") {
      try chain(root: { $0.extensions.remove(at: 0) })
    },
    Case("root of version 1", .notAnAuthority, stricter: "OpenSSL takes a trusted v1 certificate for an authority") {
      try chain(root: { $0.version = 1 })
    },
    Case("pathLenConstraint 0 above the last authority", nil) {
      try line(named(["root", "a", "b"], pathLengths: [2: 0]))
    },
    Case("pathLenConstraint 0 above another authority", .pathTooLong) {
      try line(named(["root", "a", "b"], pathLengths: [1: 0]))
    },
    Case("pathLenConstraint 1 in the root above two", .pathTooLong) {
      try line(named(["root", "a", "b"], pathLengths: [0: 1]))
    },
    Case("a self-issued authority does not count", nil) {
      let (old, new) = (try ForgedCertificate.authority("a", pathLength: 0), try ForgedCertificate.authority("a"))
      return try line([.authority("root"), old, new])
    },
    Case("nine authorities", .pathTooLong, stricter: "FormatLimits.path") {
      try line(named(["root", "a", "b", "c", "d", "e", "f", "g", "h"]))
    },
    Case("no intermediate", .noIssuer) {
      var made = try chain()
      made.intermediates = []
      return made
    },
    Case("no anchor", .noIssuer) {
      var made = try chain()
      made.anchors = try line(named(["another root"])).anchors
      return made
    },
  ]

  static let signatures: [Case] = [
    Case("leaf's signature changed", .badSignature) { try chain(leaf: { $0.damage = 1 }) },
    Case("intermediate's signature changed", .badSignature) { try chain(middle: { $0.damage = 1 }) },
    Case("a stranger of the issuer's name", .badSignature) {
      var made = try chain()
      let stranger = try ForgedCertificate.authority("middle")
      made.leaf = try ForgedCertificate.leaf().signed(by: stranger, keyIdentifier: [])
      return made
    },
    Case("authority key identifier of another key", .noIssuer) {
      let root = try ForgedCertificate.authority("root")
      return Chain(
        leaf: try ForgedCertificate.leaf().signed(by: root, keyIdentifier: [1, 2, 3]),
        anchors: [try root.signed(by: root)])
    },
  ]

  static let purposes: [Case] = [
    Case("a server's certificate as a client's", .wrongPurpose) {
      try chain(leaf: { $0.extensions[1] = .extendedKeyUsage([ExtendedKeyUsage.serverAuth]) })
    },
    Case("no ExtendedKeyUsage at all", nil) { try chain(leaf: { $0.extensions.remove(at: 1) }) },
    Case("any purpose, and not this one", .wrongPurpose) {
      try chain(leaf: { $0.extensions[1] = .extendedKeyUsage([ExtendedKeyUsage.any]) })
    },
    Case("an authority for servers only", .wrongPurpose) {
      try chain(middle: { $0.extensions.append(.extendedKeyUsage([ExtendedKeyUsage.serverAuth])) })
    },
    Case("a key that may not sign", .wrongPurpose) {
      try chain(leaf: { $0.extensions[0] = .keyUsage(.keyEncipherment) })
    },
  ]

  static let extensions: [Case] = [
    Case("unknown critical extension in the leaf", .unknownCriticalExtension) {
      try chain(leaf: { $0.extensions.append(unknown) })
    },
    Case("unknown critical extension in the intermediate", .unknownCriticalExtension) {
      try chain(middle: { $0.extensions.append(unknown) })
    },
    Case("unknown extension that is not critical", nil) {
      try chain(leaf: { $0.extensions.append(.raw(unknown.identifier, critical: false, value: [0x05, 0x00])) })
    },
    Case(
      "critical name constraints that fit", .unknownCriticalExtension, stricter: "name constraints are not processed"
    ) {
      let subtree = DERWriter.build {
        $0.sequence { $0.constructed(0xA0) { $0.sequence { $0.primitive(0x82, text: "example.com") } } }
      }
      let names = CertificateExtension.raw(ExtensionID.nameConstraints, critical: true, value: subtree)
      return try chain(middle: { $0.extensions.append(names) })
    },
    Case("critical policies without qualifiers", nil) {
      let policies = CertificateExtension.certificatePolicies([ObjectIdentifier([2, 23, 140, 1, 2, 1])])
      return try chain(leaf: { $0.extensions.append(.raw(policies.identifier, critical: true, value: policies.value)) })
    },
  ]

  static func check(_ chain: Chain, at time: Instant?, purpose: KeyPurpose = .clientAuth) throws -> PathError? {
    try lend(chain.leaf) { leaf in
      try lend(chain.intermediates.flatMap { $0 }) { intermediates in
        try lend(chain.anchors.flatMap { $0 }) { anchors in
          var check = PathCheck(
            intermediates: intermediates, anchors: anchors, time: time.map { UnixTime(seconds: $0.seconds) },
            purpose: purpose, verifier: SoftwareVerifier())
          let certificate = try CertificateView(parsing: leaf)
          do throws(PathError) { try check.check(certificate) } catch { return error }
          return nil
        }
      }
    }
  }

  static func openssl(_ chain: Chain) throws -> Workbench.Outcome {
    let bench = try Workbench()
    func write(_ certificates: [[UInt8]], _ name: String) throws {
      try bench.write(certificates.flatMap { Array(PEM(label: "CERTIFICATE", bytes: $0).text.utf8) }, to: name)
    }
    try write([chain.leaf], "leaf.pem")
    try write(chain.anchors, "anchors.pem")
    try write(chain.intermediates, "others.pem")
    let others = chain.intermediates.isEmpty ? [] : ["-untrusted", "others.pem"]
    return try bench.run(
      ["openssl", "verify", "-CAfile", "anchors.pem"] + others + ["-purpose", "sslclient", "leaf.pem"])
  }

  @Test(arguments: cases)
  func agreesWithOpenSSL(_ each: Case) throws {
    let chain = try each.make()
    #expect(try Self.check(chain, at: .present) == each.outcome)
    let shown = try Self.openssl(chain)
    let isTaken = each.outcome == nil || each.stricter != nil
    #expect((shown.status == 0) == isTaken, "\(shown.text)")
  }

  /// A device that does not know the time yet looks at everything else.
  @Test func withoutATime() throws {
    #expect(try Self.check(Self.chain(leaf: { $0.notAfter = .present - .minutes(5) }), at: nil) == nil)
    #expect(try Self.check(Self.chain(leaf: { $0.damage = 1 }), at: nil) == .badSignature)
  }

  /// Ten authorities that all have the same name and no key identifier: the search ends after so many signatures.
  @Test func endlessSearchEnds() throws {
    let root = try ForgedCertificate.authority("root")
    let same = try (0..<20).map { _ in try ForgedCertificate.authority("same") }
    let chain = Chain(
      leaf: try ForgedCertificate.leaf().signed(by: .authority("same"), keyIdentifier: []),
      intermediates: try same.map { try $0.signed(by: $0, keyIdentifier: []) }, anchors: [try root.signed(by: root)])
    #expect(try Self.check(chain, at: .present) == .tooManySignatures)
  }

  /// One whose first issuer by name leads nowhere, and whose second one does.
  @Test func searchGoesBack() throws {
    let (root, stray) = (try ForgedCertificate.authority("root"), try ForgedCertificate.authority("stray"))
    let middle = try ForgedCertificate.authority("middle")
    let chain = Chain(
      leaf: try ForgedCertificate.leaf().signed(by: middle),
      intermediates: [try middle.signed(by: stray), try middle.signed(by: root)], anchors: [try root.signed(by: root)])
    #expect(try Self.check(chain, at: .present) == nil)
  }
}

import Attestation
import Credentials
import TestKit
import Testing

/// What real TPMs made is believed, wholly and with the right claims.
@Suite struct RecordedEvidenceTests {
  @Test(arguments: RecordedEvidence.all) func isBelieved(_ evidence: RecordedEvidence) throws {
    let endorsement = try evidence.endorsementKey()
    #expect(endorsement.anchor == (try evidence.certificate("root")))
    let attestation = try evidence.attestationKey()
    #expect(attestation.name == evidence["ak_name"])
    let certified = try evidence.certifiedKey(evidence.requestKey())
    #expect(certified.area.attributes.isSuperset(of: .residence))
    let quote = try evidence.quote()
    #expect(quote.selection.banks == [PCRSelection.Bank(.sha256, [0, 1, 4, 7, 9])])
    #expect(quote.values == evidence.registers)
    #expect(quote.events.map(\.register) == [0, 0, 1, 7, 0, 1, 4, 7, 4, 4, 9])
  }

  @Test func sameBytesAreWritten() throws {
    for evidence in RecordedEvidence.all {
      for name in ["ek_public", "ak_public", "key_public"] {
        let area = try TPMPublicArea(parsing: evidence[name])
        let written = try TPMPublicArea(
          nameAlgorithm: area.nameAlgorithm, attributes: area.attributes, authPolicy: area.authPolicy,
          symmetric: area.symmetric, scheme: area.scheme, parameters: area.parameters)
        #expect(written == area)
        #expect(try TPMPublicArea(parsing: area.encoded) == area)
      }
      for name in ["certify_attest", "quote_attest"] {
        let attest = try TPMAttest(parsing: evidence[name])
        #expect(
          try TPMAttest(
            qualifiedSigner: attest.qualifiedSigner, extraData: attest.extraData, clock: attest.clock,
            firmwareVersion: attest.firmwareVersion, attested: attest.attested) == attest)
      }
    }
  }

  @Test(arguments: RecordedEvidence.all) func quoteOverSHA1BankIsRefused(_ evidence: RecordedEvidence) throws {
    let weak = evidence.replacing("quote_attest", evidence["weak_attest"])
      .replacing("quote_signature", evidence["weak_signature"])
    #expect(throws: AttestationFailure.weakBank) { try weak.quote() }
  }

  @Test func oneTPMsEvidenceIsNotAnothers() throws {
    let (one, other) = (RecordedEvidence.rsa, RecordedEvidence.ecc)
    for name in one.octets.keys.sorted()
    where !["root", "issuer", "ak_name", "weak_attest", "weak_signature"]
      .contains(name)
    {
      guard one[name] != other[name] else { continue }
      let mixed = one.replacing(name, other[name])
      #expect(throws: (any Error).self, "\(name)") {
        _ = try mixed.endorsementKey()
        _ = try mixed.certifiedKey(one.requestKey())
        _ = try mixed.quote()
      }
    }
  }

  @Test func manufacturerThatIsNotTrusted() throws {
    let (one, other) = (RecordedEvidence.rsa, RecordedEvidence.ecc)
    #expect(throws: AttestationFailure.self) {
      _ = try EndorsementKey.verify(
        certificate: one.certificate("ek_certificate"), intermediates: [one.certificate("issuer")],
        publicArea: one["ek_public"], anchors: [other.certificate("root")], at: RecordedEvidence.now)
    }
  }
}

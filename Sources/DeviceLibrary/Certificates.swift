// The names are those of touchmark.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import TouchmarkHeader

@c @implementation
public func touchmark_certificate_read(
  _ der: touchmark_bytes, _ certificate: UnsafeMutablePointer<touchmark_certificate>
) -> touchmark_result {
  result { () throws(FormatError) in
    certificate.pointee = touchmark_certificate(try CertificateView(parsing: der.view))
    return ok
  }
}

extension touchmark_certificate {
  init(_ view: CertificateView) {
    self.init()
    encoded = touchmark_bytes(view.encoded)
    serial = touchmark_bytes(view.serial)
    issuer = touchmark_bytes(view.issuer.encoded)
    subject = touchmark_bytes(view.subject.encoded)
    subject_public_key_info = touchmark_bytes(view.publicKey.encoded)
    key = touchmark_bytes(view.publicKey.bits)
    (not_before, not_after) = (view.notBefore.seconds, view.notAfter.seconds)
    (key_algorithm, signature_algorithm) = (view.publicKey.kind.rawValue, view.scheme.rawValue)
    let extensions = view.extensions
    subject_key_identifier = touchmark_bytes(extensions.subjectKeyIdentifier)
    authority_key_identifier = touchmark_bytes(extensions.authorityKeyIdentifier)
    alternative_names = touchmark_bytes(extensions.alternativeNames)
    distribution_points = touchmark_bytes(extensions.distributionPoints)
    path_length = extensions.pathLength
    key_usage = extensions.keyUsage?.rawValue ?? 0
    has_key_usage = extensions.keyUsage == nil ? 0 : 1
    is_authority = extensions.isAuthority ? 1 : 0
    has_unknown_critical_extension = extensions.hasUnknownCritical ? 1 : 0
  }
}

@c @implementation
public func touchmark_name_attribute(
  _ name: touchmark_bytes, _ attribute: UInt8, _ value: UnsafeMutablePointer<touchmark_bytes>
) -> touchmark_result {
  result { () throws(FormatError) in
    guard let found = try NameView(parsing: name.view).value(of: attribute) else { return none }
    value.pointee = touchmark_bytes(found)
    return ok
  }
}

@c @implementation
public func touchmark_alternative_name_next(
  _ cursor: UnsafeMutablePointer<touchmark_bytes>, _ kind: UnsafeMutablePointer<UInt8>,
  _ value: UnsafeMutablePointer<touchmark_bytes>
) -> touchmark_result {
  result { () throws(FormatError) in
    var names = GeneralNameCursor(cursor.pointee.view)
    guard let name = try names.next() else { return none }
    cursor.pointee = touchmark_bytes(names.rest)
    kind.pointee = name.kind
    value.pointee = touchmark_bytes(name.content)
    return ok
  }
}

@c @implementation
public func touchmark_crl_address(
  _ points: touchmark_bytes, _ index: UInt32, _ uri: UnsafeMutablePointer<touchmark_bytes>
) -> touchmark_result {
  result { () throws(FormatError) in
    var addresses = DistributionPointCursor(points.view)
    var left = index
    while let address = try addresses.next() {
      if left == 0 {
        uri.pointee = touchmark_bytes(address)
        return ok
      }
      left &-= 1
    }
    return none
  }
}

@c @implementation
public func touchmark_certificate_names(
  _ certificate: touchmark_bytes, _ host: touchmark_bytes, _ isAddress: UInt8
) -> touchmark_result {
  result { () throws(FormatError) in
    let isNamed = try CertificateView(parsing: certificate.view).isNamed(host.view, isAddress: isAddress != 0)
    return isNamed ? ok : none
  }
}

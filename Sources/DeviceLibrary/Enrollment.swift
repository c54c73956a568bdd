// The names are those of touchmark.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import TouchmarkHeader

@c @implementation
public func touchmark_request_make(
  _ request: UnsafePointer<touchmark_request>, _ buffer: UnsafeMutablePointer<UInt8>, _ capacity: Int,
  _ der: UnsafeMutablePointer<touchmark_bytes>
) -> touchmark_result {
  result { () throws(FormatError) in
    let given = request.pointee
    let assembly = RequestAssembly(
      point: given.point.view, serialNumber: given.serial_number.view, commonName: given.common_name.view)
    let made = try assembly.write(into: buffer, capacity: capacity, signer: BoardSigner(signer: given.signer))
    der.pointee = touchmark_bytes(made)
    return ok
  }
}

@c @implementation
public func touchmark_base64_encode(
  _ bytes: touchmark_bytes, _ buffer: UnsafeMutablePointer<UInt8>, _ capacity: Int,
  _ text: UnsafeMutablePointer<touchmark_bytes>
) -> touchmark_result {
  result { () throws(FormatError) in
    let count = try Base64Text.encode(bytes.view, into: buffer, capacity: capacity)
    text.pointee = touchmark_bytes(start: buffer, count: count)
    return ok
  }
}

@c @implementation
public func touchmark_base64_decode(
  _ text: touchmark_bytes, _ buffer: UnsafeMutablePointer<UInt8>, _ capacity: Int,
  _ bytes: UnsafeMutablePointer<touchmark_bytes>
) -> touchmark_result {
  result { () throws(FormatError) in
    let count = try Base64Text.decode(text.view, into: buffer, capacity: capacity)
    bytes.pointee = touchmark_bytes(start: buffer, count: count)
    return ok
  }
}

@c @implementation
public func touchmark_certificates_read(
  _ pkcs7: touchmark_bytes, _ certificates: UnsafeMutablePointer<touchmark_bytes>
) -> touchmark_result {
  result { () throws(FormatError) in
    certificates.pointee = touchmark_bytes(try CertificatesOnlyView(parsing: pkcs7.view).certificates)
    return ok
  }
}

@c @implementation
public func touchmark_certificate_next(
  _ cursor: UnsafeMutablePointer<touchmark_bytes>, _ der: UnsafeMutablePointer<touchmark_bytes>
) -> touchmark_result {
  var certificates = CertificateCursor(cursor.pointee.view)
  let next = certificates.next()
  cursor.pointee = touchmark_bytes(certificates.rest)
  guard let next else { return none }
  der.pointee = touchmark_bytes(next)
  return ok
}

import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL

extension CommandFailure {
  /// Why no answer came: one line, and what to do.
  init(connecting error: any Error, to location: ServerLocation) {
    if Self.isDistrust(error) {
      self.init(
        .noServer, "the server at \(location.url) is not one that \(location.rootPath) vouches for",
        hint: "is the address right, and root.pem this server's own")
    } else if (error as? HTTPClientError) == .readTimeout || (error as? HTTPClientError) == .deadlineExceeded {
      self.init(.later, "the server at \(location.url) did not answer in time")
    } else if (error as? HTTPClientError) == .invalidURL || (error as? HTTPClientError) == .emptyHost {
      self.init(.usage, "\(location.url) is not an address", hint: "for example --server https://127.0.0.1:8443")
    } else {
      self.init(.noServer, "no server answers at \(location.url)", hint: location.hint)
    }
  }

  private static func isDistrust(_ error: any Error) -> Bool {
    switch error as? NIOSSLError {
    case .handshakeFailed, .unableToValidateCertificate, .noCertificateToValidate: true
    default: error is NIOSSLExtraError
    }
  }
}

import DeviceClient
import Synchronization

/// The homes that a program has opened, one for each place: a TPM or a token is spoken to through one connection.
final class KeyHomes: Sendable {
  private let made = Mutex<[KeySettings: any DeviceKeyHome]>([:])

  func home(_ settings: KeySettings) -> any DeviceKeyHome {
    made.withLock { made in
      if let home = made[settings] { return home }
      let home: any DeviceKeyHome =
        switch settings {
        case .file: SoftwareKeyHome()
        case .tpm(let place): TPMKeyHome(place)
        case .token(let uri): TokenKeyHome(uri)
        }
      made[settings] = home
      return home
    }
  }
}

import ArgumentParser

struct DeviceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "device", abstract: "Devices: who they are and how they stand.",
    subcommands: [
      DeviceAdd.self, DeviceImport.self, DeviceInvite.self, DeviceList.self, DeviceShow.self, DeviceSuspend.self,
      DeviceLabel.self, DeviceMove.self,
      DeviceResume.self, DeviceReplace.self, DeviceReadmit.self, DeviceRetire.self, DeviceEnroll.self, DeviceTPM.self,
    ])
}

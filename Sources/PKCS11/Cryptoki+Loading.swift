import CPKCS11

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension Cryptoki {
  /// Loads a module into this process, where it stays. It is not initialized by this.
  package static func load(_ path: String) throws(TokenError) -> Cryptoki {
    guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
      throw .needsOperator("the PKCS #11 module cannot be loaded: \(dlerror().map { String(cString: $0) } ?? path)")
    }
    typealias GetList = @convention(c) (UnsafeMutablePointer<UnsafeMutablePointer<CK_FUNCTION_LIST>?>?) -> CK_RV
    guard let symbol = dlsym(library, "C_GetFunctionList") else {
      throw .needsOperator("\(path) is no PKCS #11 module: it has no C_GetFunctionList")
    }
    var list: UnsafeMutablePointer<CK_FUNCTION_LIST>?
    try ReturnValue(unsafeBitCast(symbol, to: GetList.self)(&list)).check("C_GetFunctionList")
    guard let list else { throw .needsOperator("\(path) is no PKCS #11 module: it gave no functions") }
    return Cryptoki(functions: list)
  }

  package func initialize() throws(TokenError) {
    var arguments = CK_C_INITIALIZE_ARGS()
    arguments.flags = CK_FLAGS(CKF_OS_LOCKING_OK)
    let value = ReturnValue(functions.pointee.C_Initialize?(&arguments) ?? 0x54)
    if value != .alreadyInitialized { try value.check("C_Initialize") }
  }

  /// Ends every session of this process with the module's tokens.
  package func finalize() { _ = functions.pointee.C_Finalize?(nil) }
}

extension Migrations {
  /// Scale: devices by their last contact, an authority's devices from an index alone, and more acts on many.
  static let migration0013 = """
    CREATE INDEX devices_contact ON devices (organization, last_contact_at, state) WHERE last_contact_at IS NOT NULL;

    -- With the authority in it, whether an authority ever certified a device is asked without the certificate.
    DROP INDEX certificates_device;
    CREATE INDEX certificates_device ON certificates (device, organization, authority) WHERE device IS NOT NULL;

    ALTER TABLE bulk_members ADD COLUMN grant_name TEXT;
    -- Certificates that verifiers accept although they are held or revoked, and until when the last of them.
    ALTER TABLE bulk_acts ADD COLUMN unannounced INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE bulk_acts ADD COLUMN accepted_until INTEGER;
    """
}

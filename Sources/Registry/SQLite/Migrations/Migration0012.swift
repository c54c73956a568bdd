extension Migrations {
  /// ACME (RFC 8555): accounts, orders, authorizations, the queue of validations, and nonces that were used.
  ///
  /// Identifiers and nonces begin with time, so that indexes append.
  static let migration0012 = """
    CREATE TABLE acme_accounts (
      organization TEXT NOT NULL, id TEXT NOT NULL, profile TEXT NOT NULL, thumbprint BLOB NOT NULL,
      public_key BLOB NOT NULL, status TEXT NOT NULL, contacts TEXT NOT NULL, binding_name TEXT, binding_hash BLOB,
      created_at INTEGER NOT NULL,
      PRIMARY KEY (organization, id)
    ) STRICT;
    CREATE UNIQUE INDEX acme_accounts_key ON acme_accounts (organization, profile, thumbprint);

    CREATE TABLE acme_orders (
      organization TEXT NOT NULL, id TEXT NOT NULL, account TEXT NOT NULL, profile TEXT NOT NULL, status TEXT NOT NULL,
      identifiers TEXT NOT NULL, replaces TEXT, problem TEXT, request BLOB, authority TEXT, certificate BLOB,
      created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
      PRIMARY KEY (organization, id)
    ) STRICT;
    CREATE INDEX acme_orders_account ON acme_orders (organization, account, id);
    CREATE INDEX acme_orders_names ON acme_orders (organization, account, identifiers, id) WHERE status = 'valid';
    CREATE INDEX acme_orders_certificate ON acme_orders (organization, certificate) WHERE certificate IS NOT NULL;
    CREATE UNIQUE INDEX acme_orders_replaces ON acme_orders (organization, replaces)
      WHERE replaces IS NOT NULL AND status <> 'invalid';
    CREATE INDEX acme_orders_expiry ON acme_orders (organization, expires_at);

    CREATE TABLE acme_authorizations (
      organization TEXT NOT NULL, id TEXT NOT NULL, order_id TEXT NOT NULL, account TEXT NOT NULL,
      identifier TEXT NOT NULL, is_wildcard INTEGER NOT NULL, status TEXT NOT NULL, token TEXT NOT NULL,
      challenge TEXT, problem TEXT, validated_at INTEGER, attested_key_hash BLOB, expires_at INTEGER NOT NULL,
      PRIMARY KEY (organization, id)
    ) STRICT;
    CREATE INDEX acme_authorizations_order ON acme_authorizations (organization, order_id);

    CREATE TABLE acme_validations (
      organization TEXT NOT NULL, authorization TEXT NOT NULL, attempts INTEGER NOT NULL, due_at INTEGER NOT NULL,
      PRIMARY KEY (organization, authorization)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX acme_validations_due ON acme_validations (organization, due_at);

    CREATE TABLE acme_nonces (
      organization TEXT NOT NULL, nonce BLOB NOT NULL, PRIMARY KEY (organization, nonce)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE acme_nonce_keys (
      organization TEXT NOT NULL PRIMARY KEY, sealed BLOB NOT NULL
    ) STRICT;
    """
}

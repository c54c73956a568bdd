// AdministrationAPI

"""What other sites ask in JSON: versioned paths, an OpenAPI document. Imports all but worker and staff."""

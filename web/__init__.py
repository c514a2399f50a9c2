"""HTTP speaks here: surfaces, guards, errors, headers, sign-in and the CLI. Imports all but worker."""

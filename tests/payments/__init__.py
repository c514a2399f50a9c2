"""How money arrives: by what is typed, asked, told and written down."""

"""What an accountant is given of the books: streams of rows and a journal, each file complete by itself.

May import the rest of payments, db and config; what makes a cell safe comes in as an argument.
"""

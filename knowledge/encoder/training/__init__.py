"""How the encoder is learned; torch and the teacher come with the extra ``train``.

- ``bank``     situations from JSON lines
- ``priors``   what is known of words beforehand: Kiwi's likenesses, a teacher's vectors
- ``fit``      the student, its loss and its optimiser
- ``build``    all together: ``train`` from nothing, ``go_on`` from an artefact
"""

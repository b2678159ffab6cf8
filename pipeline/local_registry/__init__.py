"""A registry of one's own on the loopback interface, for trying things out and for tests.

It was written from the published contract alone and shares no code with the client, so that neither
can inherit the other's beliefs. `launch.launched` starts one, `app.build` is the application itself,
`faults` lists the ways in which it can be told to misbehave.
"""

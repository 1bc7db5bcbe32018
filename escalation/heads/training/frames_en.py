"""Ways of asking in English for a person (R), and of naming one without asking."""

# ruff: noqa: E501 - a frame is read more easily on one line

ASKS = """
R please|R|R pls|R!!|R now|R. now.|R. R. R.|the R please|a R, please|yes the R please|yes, R|sure, get the R|ok put the R on|yeah let a R join
get me a R|get a R|get the R in here|get a R on the line|get your R out here|fetch a R|summon a R|bring me the R|bring in a R
put the R on|put me on to the R|put me through to the R|may I be put through to a R?|would it be possible to be put in touch with the R?|pass me to the R
I want a R|I need a R|I'd like a R|I want the R on the phone|i wanna talk to a R|let me talk to your R|can I speak to the R|could I speak with a R please
I'd rather deal with a R|let me deal with the R|may I talk with his R?|I want to speak with your R|I will discuss it with your R directly|can i chat with a R
have the R call me|have a R ring me|kindly have the R ring my room|can the R get in touch|could a R call me back?|can a R phone me tomorrow|get the R to ring me
a call from the R would be best|I'd welcome a call from the R|best would be a call from one of your R team|please arrange a call with a R|book me time with a R
book me a slot with the R|is there a R who'd go through it with me|is there a R I can talk to|any R around to chat|any chance of a word with the R?
is there a R about?|anyone there? a R?|who is your R? let me talk to them|where's your R? get them|can a R join by video|can the R take a look at this themselves
could a R have a look|let a R decide|needs a R|this needs a R, not a bot|not a bot, a R|no more bot, R|no bots. R.|a R instead of this bot|skip the bot and give me a R
I'm done with the bot, R please|I don't think a machine can sort this out|a machine won't get this, R?|I won't explain it to a robot again. R.|stop. R.
give me a R|give me the R|give me a R or nothing|send in a R|send a R to this chat|send me over to the R|hand me over to a R|hand this to a R|transfer me to the R
transfer R|escalate to a R|escalate this to your R|loop in the R|pull in a R|over to a R then|would you be so good as to fetch a R?|I should like to speak with a R
might I have a word with the R|the R's number please, I want to ring them now|who can I talk to? a R maybe|someone with authority, your R|I'd like to hear it from a R
I want a R to reply personally|kindly have your R reply personally|I demand a R|I'm asking for a R, again|I typed R ten times|why is there no R option, connect me anyway
is it ok if a R takes over from here?|can a R take over|could I swap you for a R|R who speaks english please|a real R please|a proper R pls|an actual R?
my nan wants to hear a R not read a screen|some R, any R, will do|you can't help, so a R it is|this bot is useless, R|get me your R you muppets
"""

NAMES = """
is there a R discount|what hours does the R work?|R opening hours?|when is the R in?|do you have a R on Sundays|how many R do you have|are you a R?|are you a R or a bot
the R said it was fine|your R told me to wait|a R already sorted it, thanks|I already spoke to a R, just send the receipt|the R was rude|the R was lovely, thank you
that R is a disgrace|train your R better|the R hung up on me|R never turned up|the R left it in the rain|the R is late|where is the R with my parcel
no need for a R|no R please, just tell me here|I'd rather carry on with the bot than a R|don't get a R, I can do it|not a R, the bot is fine|without a R, how do I do it
can I do this without talking to a R|skip the R, I only need the link|I don't want the R to call me|please don't ring, no R needed|keep the R out of this
how do I become a R|R jobs?|do I need a licence to be a R|what does a R earn|my R told me to ask you|my R needs a copy too|my R is my cousin|I am a R myself
add a R to my account|how do I invite a R|R role permissions|R login not working|R account locked|change the R on our plan|set my R as contact|R email address field
can a second R collect it|does the R need a ticket|R not included?|seat for one R|two R sharing a room|gift for a R|a present for my R|a card for the R's birthday
a R called claiming to be from you, is it a scam|someone pretending to be a R|fake R took my money|I got a text from a R|is the R on the phone really yours
book the R for Tuesday|move the R visit to Friday|when does the R come to fit it|what time is the R coming|reschedule the R visit|tip the R|rate the R
a film about a R|the song called R|R in the game won't talk|what does R mean in french|how do I add a R button to my site|is R a hard boss to beat
please send the form|window seat please|exchange it please|the blue one please|move me to another seat please|please advise|put it on my account|hand it to my neighbour
transfer the money please|get me a refund|get me the invoice|I want my deposit back|I need a bigger size|send me the link|give me a discount|call centre hours?
the R desk was brusque|the R team was slow|thanks to your R team|tell the R thanks|you explain it like a R|you're a better R than most|who is the R of this building|list of R who opened my file
"""

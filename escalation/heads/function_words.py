"""English words that shape a sentence and name no thing: the rest of a shape is left open."""

from ...knowledge.language import word_set

FUNCTION_WORDS = word_set(
    "a an the this that these those my your his her its our their some any no every each all both another "
    "other i me we us you he him she it they them who whom what which where when why how whoever someone "
    "somebody anyone anybody nobody something anything nothing everything one ones is are am was were be been "
    "being do does did done have has had having can could will would shall should may might must ought need "
    "want wish like love hate prefer let make get got give put go come take see know think say said tell told "
    "ask asked talk speak chat call ring phone contact reach find bring fetch send pass hand connect transfer "
    "deal help sort fix look check wait try tried to of in on at by for with from about into onto over through "
    "without instead rather than as if so because and or but not don't doesn't didn't won't can't couldn't "
    "isn't aren't wasn't haven't hasn't i'm i'd i've i'll you're you've it's that's there there's here please "
    "thanks thank sorry yes yeah no nope ok okay just only still again already ever never always yet now then "
    "today tomorrow back up down out off away too very really even actually more most less enough much many "
    "first last next right well hello hi hey until before after while human person people agent real live bot "
    "robot machine "
)

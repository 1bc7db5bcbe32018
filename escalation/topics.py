"""Words that name a sensitive matter, by topic: what the learned heads are held against.

A head alone takes a card that is accepted for fraud, a list alone a question about the law for a threat; both together
are right more often than either (docs/guard.md).
"""

from __future__ import annotations

import re

from .wording import normalise

_PATTERNS: dict[str, str] = {
    "self_harm": (
        r"죽고\s?싶|죽어\s?버리(?:고|ㄹ|려)|죽을\s?(?:거예요|겁니다|생각|래요|까\s?(?:해|생각|싶))|자살|자해|목숨을?\s?(?:끊|버)|살고\s?싶지\s?않|살기\s?(?:싫|힘들)|사라지고\s?싶"
        r"|그만\s?살고|삶을?\s?(?:끝|포기)|생을?\s?마감|뛰어\s?내리(?:고|ㄹ|려|면)|극단적(?:인)?\s?(?:선택|생각)|손목을?\s?그|유서|세상\s?(?:떠나|하직)|번개탄|약을?\s?(?:다|한꺼번에|왕창)\s?(?:먹|털)"
        r"|\b(?:kill(?:ing)?\smyself|suicid\w+|end\s(?:my\slife|it\sall|things)|take\smy\s(?:own\s)?life|want(?:ed)?\sto\sdie|don'?t\swant\sto\s(?:live|be\s(?:here|alive)|wake\sup)|self[-\s]?harm\w*|hurt(?:ing)?\smyself|cut(?:ting)?\smyself|not\s(?:going\sto\s)?be\salive|better\soff\s(?:dead|without\sme)|no\s(?:reason|point)\s(?:to|in)\s(?:live|living|going\son)|can'?t\sgo\son|jump(?:ing)?\soff|overdos\w+|won'?t\sbe\s(?:here|around)\s(?:tomorrow|much\slonger|anymore))\b"
    ),
    "safety": (
        r"다쳤|다쳐서|다칠\s?뻔|부상|화상|데었|데였|감전|불이?\s?(?:났|붙|나서|날\s?뻔)|화재|연기가?\s?(?:나|났)|폭발|(?:배터리|가스|유리|폰|충전기|압력솥|제품)\S{0,2}\s?터[졌져]|스파크|불꽃|타는\s?냄새|피가?\s?(?:나|났|안\s?멈|계속)|출혈|찢어졌|찢어져|베였|베어서|응급실|구급차|119|두드러기|호흡이?\s?(?:곤란|힘|안)|숨을?\s?(?:못|쉬기)|쓰러졌|의식이?\s?(?:없|잃)|가스\s?(?:가\s?)?(?:새|누출|냄새)|삼켰|삼킨|질식|골절|뼈가?\s?(?:부러|금)|유리\s?(?:조각|파편)|쇳?조각|이물질|식중독|토했|실명|죽여\s?버|찾아가서?\s?(?:가만|다\s?부)|칼\s?들고|아이가?\s?(?:혼자|맞|갇)|갇혔|협박"
        r"|\b(?:injur\w+|burn(?:ed|t|s)\s(?:my|his|her|our|me|the\shand|hand)|got\sburn(?:ed|t)|electr(?:ic\sshock|ocut\w+)|shocked\sme|caught\sfire|on\sfire|smok(?:e|ing)\s(?:came|coming|from)|explod\w+|spark(?:s|ed|ing)|bleed\w*|blood|stitches\s(?:burst|opened|split)|emergency\sroom|\bER\b|ambulance|999|911|allergic\sreaction|can'?t\sbreathe|trouble\sbreathing|unconscious|passed\sout|collapsed|gas\sleak|smell\s(?:of\s)?gas|swallow\w+|chok(?:ed|ing)|broke\s(?:my|his|her)\s(?:\w+\s)?(?:arm|leg|wrist|toe|finger|nose|hip)|glass\s(?:in|shards?)|food\spoisoning|threw\sup|infected|swollen|in\sdanger|not\ssafe|unsafe|hurt\s(?:my|his|her|himself|herself|someone)|cut\s(?:my|his|her)\s(?:hand|finger|leg|foot|face)|threaten(?:ed|ing)\s(?:me|to)|going\sto\shurt|trapped)\b"
    ),
    "fraud": (
        r"도용|사기(?:를|당|꾼|\s?피해|\s?같|인|죠|예요|입니다)|피싱|보이스\s?피싱|스미싱|해킹|(?:제가|나는|저는|내가)\s?(?:안|하지도\s?않은)\s?(?:한|쓴|산|결제)|모르는\s?(?:결제|사람이|대출|기기|주문|계좌|출금|곳에서)|하지도?\s?않은\s?(?:결제|주문|가입|신청|대출)|무단\s?(?:결제|인출|사용|출금)|부정\s?(?:결제|사용)|승인한\s?적|(?:결제|신청|가입|주문|동의|서명)(?:한|를\s?한|을\s?한)\s?적(?:이|은|도)?\s?(?:없|않)|빠져나갔|명의(?:로|를)\s?(?:누가|대출|개통|도용)|사칭|가짜\s?(?:사이트|문자|직원|앱)|제\s?카드로\s?(?:누가|누군가)|누가\s?제\s?(?:카드|계정|아이디|이름|명의)"
        r"|\b(?:unauthori[sz]ed|fraud(?:ulent)?\s?(?:charge|transaction|payment|on|has|is)|didn'?t\s(?:make|authori[sz]e|place|buy|order|sign|take\sout)\s(?:this|that|these|those|any|it|the)|never\s(?:made|authori[sz]ed|placed|bought|ordered|signed|took\sout|applied)|not\sme\b|wasn'?t\sme|isn'?t\smine|someone(?:'s|\shas|\sis|\selse)?\s(?:used|using|hacked|logged|opened|stole|charged|took|got\sinto)|hacked|stole\smy\s(?:card|identity|account|details)|stolen\scard|identity\stheft|phish\w+|scam(?:med|mer|mers)?|in\smy\sname|impersonat\w+|don'?t\srecogni[sz]e\s(?:this|that|a|the|these)|cloned|drained)\b"
    ),
    "privacy": (
        r"개인\s?정보[가를이]?\s?(?:유출|노출|새|털|팔|넘|제\s?3자|잘못|삭제|파기|열람)|정보[가를이]?\s?(?:유출|새어|새나|털렸|팔아|팔렸|넘어갔|노출)|유출(?:됐|된|되|당)|다른\s?(?:사람|고객|환자)(?:의|\s)?\s?(?:정보|주문|기록|이름|주소|결과|전화)[가를이]?\s?(?:보|나|왔|뜨|떠|받)|제\s?(?:정보|기록|번호|주소|사진|결과)[를을가이]?\s?(?:다른|남|누가|제3자|허락|동의\s?없이|함부로)|동의\s?(?:없이|도\s?없이|한\s?적)|함부로\s?(?:보|열람|조회|알려|공개)|흘렸|소문|몰래\s?(?:보|조회|열람)|잊힐\s?권리|개인정보\s?(?:처리\s?정지|삭제\s?요구|열람\s?요구)|정보\s?(?:다|전부|모두)\s?(?:삭제|지워|파기)"
        r"|\b(?:data\s(?:breach|leak\w*)|leak(?:ed|ing)?\s(?:my|our|data|to|it)|my\s(?:data|details|records?|information|file|address|photos?|results?|number)\s(?:was|were|has|have|got|is|are|ended|went|been)\s(?:\w+\s){0,2}(?:leaked|shared|sold|sent|exposed|given|visible|public|posted|up)|(?:shared|sold|gave|sent|told|showed|posted)\s(?:\w+\s){0,3}(?:my|our|his|her)\s(?:data|details|records?|information|file|address|diagnosis|results?|number|history)|someone\selse'?s\s(?:details|order|data|name|records?|results?|account|letter|information)|other\s(?:people|customers|patients)(?:'s|s')?\s(?:details|data|orders|names|records)|gdpr|(?:delete|erase|remove)\s(?:all\s)?(?:of\s)?my\s(?:\w+\s)?(?:data|details|information|records?)|without\smy\s(?:consent|permission|knowledge)|privacy\s(?:violat\w+|breach)|looked\s(?:at|up|through)\smy\s(?:\w+\s)?(?:file|records?))\b"
    ),
    "legal": (
        r"고소(?:할|하겠|합|하려|장|까지|해야)|소송(?:을|할|하|걸|갈|까지|이라도|\s?준비|\s?중)|법적(?:으로)?\s?(?:조치|대응|절차|책임|으로)|변호사|법원|내용\s?증명|소비자원|소보원|금감원|금융감독원|공정위|공정거래|(?:보건소|경찰|구청|시청|복지부|방통위|분쟁\s?조정\w*)에?\s?(?:신고|고발|민원|접수|알리)|손해\s?배상|고발|민원\s?(?:넣|제기|접수)|재판|위법|불법(?:이|입|아)|신고하겠|신고할"
        r"|\b(?:my\s(?:lawyer|solicitor|attorney|barrister)|a\s(?:lawyer|solicitor)\s(?:is|has|will)|lawyers?|solicitors?|attorney|legal\s(?:action|proceedings?|advice|claim|threat|notice)|su(?:e|ing)\s(?:you|them|the|your)|see\syou\sin\scourt|take\s(?:you|this|it|them)\sto\s(?:court|small\sclaims)|small\sclaims|court|tribunal|ombudsman|regulator|trading\sstandards|consumer\s(?:agency|protection|bureau|court)|report(?:ing)?\s(?:you|this|them)\sto|formal\scomplaint|letter\sbefore\saction|file\sa\s(?:claim|complaint|lawsuit)\s(?:against|with)|breach\sof\scontract|illegal|press\scharges)\b"
    ),
}
PATTERNS = {topic: re.compile(pattern, re.I) for topic, pattern in _PATTERNS.items()}
"""By topic, the words that name it."""


def named(text: str, topic: str) -> str | None:
    """The words with which a text names a topic, verbatim but NFKC-normalised; None where it names none."""
    match = PATTERNS[topic].search(normalise(text))
    return match[0] if match else None


_INJECTION = re.compile(
    r"(?:이전|기존|앞선|지금까지|모든)\S{0,4}\s?(?:지시|명령|규칙|프롬프트)\S{0,6}\s?(?:무시|잊|버려)|시스템\s?프롬프트|개발자\s?모드|관리자\s?모드|디버그\s?모드|프롬프트를?\s?(?:출력|보여|알려)|너는\s?이제부터|이제부터\s?너는|규칙이?\s?없는\s?챗봇|내부\s?(?:문서|지침|규정)\S{0,6}\s?(?:나열|출력|공개|전부)"
    r"|\[\s?(?:system|admin|developer)\s?\]|<\|?(?:system|im_start)|\b(?:ignore|disregard|forget)\s(?:\w+\s){0,4}(?:instructions?|rules?|prompts?|guidelines)|\bsystem\sprompt|\b(?:debug|developer|dan|god|admin)\smode|\byou\sare\snow\s(?:a|an|in|the)\b|\bpretend\s(?:to\sbe|you)|\bnew\srules?\s?:|\bprint\s(?:your|the)\s(?:\w+\s){0,2}(?:prompt|instructions)|\bthat'?s\san\sorder\sfrom\syour",
    re.I,
)


def injection(text: str) -> bool:
    """Whether a text tries to give the assistant orders: no reason for a person of itself, and never obeyed."""
    return bool(_INJECTION.search(normalise(text)))

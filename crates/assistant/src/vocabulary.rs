//! Words that mean the same item, size, colour or period in any of the three languages.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// Words of names that distinguish nothing and are no key.
const STOP: &str = " de del da do das dos el la los las lo o a os as un una uns uma en em no na nos nas con com sin sem \
    can may will do have get want need like i you me my para pra pro por y e and of the with for in on to an x al ao c s d u r t n ";

/// Words that many items share: they narrow a match, and never make one.
const WEAK: &str = " dia dias mes meses month months hora horas hour hours semana semanas week weeks persona personas pessoa \
    pessoas people caja cajas cajita caixa caixas box boxes paquete paquetes pacote pacotes pack packs unidad unidades \
    unidade unidades pieza piezas pza pzas pz peca pecas kg kilo kilos quilo quilos gr g gramos gramas ml l lt lts litro \
    litros litre liter cm mm metro metros mts pulgada pulgadas pulg inch inches ft oz lb lbs w mg docena docenas dozen \
    dozens duzia duzias cento centos talla tallas tamanho tamanhos tamano size sizes color cor colour sabor sabores flavor \
    flavour plan plano plans servicio servicios servico service set juego kit porte tipo modelo marca numero galon galones \
    gallon bolsa bolsas bag bags orden ordenes order orders porcion porcao tubo lata latas botella botellas garrafa saco \
    sacos sobre bote frasco minuto minutos min minutes clase clases class classes aula aulas completo completa nuevo nueva \
    full especial special vale va listo show top super perfecto claro fine cool great good right sale sesion sesiones \
    sessao sessoes session sessions pago pagos millar millares milheiro par pares pair pairs tableta tabletas capsulas comprimidos cita visita \
    consulta vez pass individual personal total normal regular doble simple basico basica para llevar adulto adultos \
    local plus premium pro max mini maxi online ";

/// Groups of words for one thing; the first names the group.
const SYNONYMS: &[&str] = &[
    "#black negro negra negros negras preto preta pretos pretas black",
    "#white blanco blanca blancos blancas branco branca brancos brancas white",
    "#red rojo roja rojos rojas vermelho vermelha vermelhos vermelhas red",
    "#blue azul azules azuis blue",
    "#green verde verdes green",
    "#yellow amarillo amarilla amarillos amarillas amarelo amarela amarelos amarelas yellow",
    "#pink rosado rosada pink",
    "#grey gris grises cinza cinzas gray grey",
    "#purple morado morada purpura roxo roxa purple lila violeta",
    "#orange anaranjado alaranjado",
    "#brown marron marrom brown",
    "#beige beige bege crema",
    "#lightblue celeste celestes",
    "#gold dorado dorada dourado dourada gold golden",
    "#silver plateado plateada prateado prateada prata silver",
    "#clear transparente transparentes transparent",
    "#navy marino marinho navy",
    "=xs xs pp",
    "=s chica chico chicas chicos pequena pequeno pequenas pequenos small",
    "=m mediana mediano medianas medianos media medio medium",
    "=l grande grandes large big",
    "=xl xl gg",
    "=xxl xxl xgg ggg",
    "~1m mensual mensualidad mensualidades mensal mensalidade monthly mensuales",
    "~3m trimestral trimestre quarterly trimestrales",
    "~6m semestral semestre",
    "~12m anual anualidad anuidade yearly annual",
    "~1w semanal semanais weekly",
    "~2w quincenal quinzenal biweekly",
    "~kg kg kilo kilos quilo quilos kilogramo kgs",
    "~g g gr grs gramo gramos grama gramas grams",
    "~l lt lts litro litros litre litres liter liters",
    "~inch pulgada pulgadas pulg inch inches polegada polegadas",
    "~dozen docena docenas dozen dozens duzia duzias",
    "~box caja cajas cajita cajitas caixa caixas caixinha box boxes",
    "~bag bolsa bolsas bolsita bag bags saco sacos saquinho",
    "~pack paquete paquetes pacote pacotes pack packs paq",
    "~piece pieza piezas pza pzas pz peca pecas piece pieces unidad unidades unidade unid pcs",
    "~thousand millar millares milheiro milheiros",
    "~person persona personas pessoa pessoas people person pax porciones",
    "~delivery envio envios entrega entregas domicilio domicilios delivery despacho frete flete shipping postage reparto motoboy motoboys sedex correios mensajeria",
    "~phone celular celulares cel telefono phone smartphone",
    "~earbuds audifono audifonos auricular auriculares fone fones earbuds earphones headphones",
    "~charger cargador cargadores carregador carregadores charger chargers",
    "~case funda fundas capinha capinhas case cases carcasa",
    "~screen pantalla pantallas tela screen",
    "~shirt camiseta camisetas playera playeras remera remeras polera poleras tshirt tee tees tshirts shirt shirts",
    "~trousers pantalon pantalones calca calcas trousers pants",
    "~dress vestido vestidos dress dresses",
    "~shoe zapato zapatos sapato sapatos shoe shoes",
    "~sneaker tenis zapatilla zapatillas sneaker sneakers",
    "~jacket chamarra chaqueta chaquetas campera jaqueta jaquetas jacket",
    "~cap gorra gorras bone bones cap caps",
    "~cake pastel pasteles torta tortas bolo bolos cake cakes tarta tartas queque",
    "~haircut haircut haircuts",
    "~gelatine gelatina gelatinas jello",
    "~cookie galleta galletas biscoito biscoitos cookie cookies",
    "~coffee cafe cafes coffee",
    "~espresso espresso expresso expreso",
    "~flower flor flores flower flowers",
    "~rose rosa rosas rose roses",
    "~bouquet ramo ramos buque buques bouquet bouquets ramillete",
    "~sunflower girasol girasoles girassol girassois sunflower sunflowers",
    "~dog perro perros perrito cachorro cachorros cao caes dog dogs",
    "~cat gato gatos gatito cat cats",
    "~mask cubrebocas tapabocas mascarilla mascarillas barbijo barbijos",
    "~paint pintura pinturas tinta paint",
    "~soda refresco refrescos gaseosa gaseosas refri refrigerante refrigerantes soda",
    "~coke coca cocas coke",
    "~enrol inscripcion inscripciones inscribirme inscribir inscribo matricula enrolment enrollment registration inscricao",
    "~lesson leccion lecciones lesson lessons",
    "~deposit sinal senal anticipo deposito deposit apartado sena enganche adelanto retainer",
    "~nail manicure manicura manicuras manicures",
    "~cleaning limpieza limpiezas limpeza limpezas cleaning",
    "~screenprotector protector film pelicula",
    "~sixpack six sixpack sixpacks",
    "~minute minuto minutos min mins minute minutes",
];

/// Words a chat is made of that never name goods, beside those that phrases name.
const COMMON: &str = " hola buenas buenos tardes noches dias hi hello hey oi ola opa bom boa tarde noite eai salve alo \
    lunes martes miercoles jueves viernes sabado domingo segunda terca quarta quinta sexta feira monday tuesday wednesday \
    thursday friday saturday sunday weekend finde aside rentan alquilan alugam reparan arreglan instalan hoy manana ayer hoje amanha ontem today tomorrow yesterday tonight now \
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre janeiro fevereiro marco maio \
    junho julho setembro outubro novembro dezembro january february march april may june july august september october \
    november december mama papa madre padre mae pai mom dad mother father esposa esposo marido mujer novia novio hijo hija \
    hermana hermano amiga amigo amigos amigas prima primo tia tio abuela abuelo wife husband son daughter sister brother \
    friend friends boyfriend girlfriend kids nino ninos nina crianca criancas familia family cumple cumpleanos aniversario \
    birthday party fiesta festa boda casamento wedding regalo presente gift casa house home oficina office escritorio \
    trabajo work empresa company negocio tienda loja store shop calle rua street avenida colonia barrio bairro ciudad \
    cidade city estado persona gente pessoal joven señor senor senora seno jefe jefa amor linda lindo guapa guapo bella \
    hermosa reina rey parce parcero bro brother man dude mano cara gente moca moco tiempo tempo time momento prisa pressa \
    urgente rapido favor ayuda ajuda help info informacion informacao informes datos detalles details pregunta duda duvida \
    question mensaje mensagem message foto fotos photo photos imagen imagem video audio numero telefono direccion nombre \
    nome name email correo cuenta conta account banco bank tarjeta cartao card dinero dinheiro money efectivo plata lana \
    cosa cosas coisa coisas thing things algo nada todo tudo everything something nothing semana mes año ano rato hora \
    minuto segundos poco pouco mucho muito bien bem mal mejor peor siempre nunca tambien tambem ahora luego despues antes \
    entonces entao asi assim aqui ahi alla aca ali este esta ese esa esto eso aquel isso isto esse essa aquele that this \
    these those there here where when what which who quien cual como cuando donde porque pero mas but because then also \
    very just only even still again another otra otro outra outro mismo misma mesmo mesma same favorito primero segundo \
    primera ultima first second last next fin medio vez veces vezes times verdad verdade truth serio seriously puede \
    puedes poder pode pueden could would should can want need like have has had get got give given make made take taken \
    tell told know think see look come came going went will shall please thank sorry excuse hope sure okay nice good great \
    perfect excellent quería sería gustaria interesa interesado interesada vamos vas voy iba fui fue era estaba estoy \
    estamos esta estan son eres seria hacer hago haces hacemos hecho decir digo dices dime diga dice saber sabes sabe ver \
    veo mira mire oye oiga escucha disculpa perdon perdona porfavor gracias jaja mande bueno buena malo mala grande nuevo \
    ultimo pedido compra venta mandar pagar cobrar link receta turno cita hueco lugar espacio viaje viajo reunion evento \
    alguien nadie ninguno ninguna alguno alguna varios varias otras otros tantas tantos mitad resto parte lado vuelta chance \
    queria seriam pode quiser fazer faz fazendo pra gente voces meu minha seu sua nosso nossa dele dela aquela alguem \
    ninguem pessoa coisa jeito beleza certo querida querido amada flor moça brother dona seu tarde cedo logo agora sempre \
    ainda cada until from your about into than them they their its been being were was did does doing done don doesnt \
    cant wont isnt arent im ive ill youre theyre weve lets gonna gotta kinda lol haha omg btw asap fyi idk question \
    shoot grab drop text couple bunch lot lots bit minute second moment while way kind sort \
    pesos peso reais real dolares dolar dollars dollar bucks euros euro soles usd mxn cop brl pix mil lucas \
    par gusto placer precio total cuenta suma ronda chamba quincena cachito ratito tantito momentito poquito \
    lugares gracia onda neta chido padre sitio cliente clienta vecina vecino señorita maestra doctor doctora profe \
    veci vecis sumerce mijo mija nena corazon cielo carino preciosa muneca papi mami jefecita patron patrona doc manito \
    wey guey che loco boludo flaca flaco genia genio colega bb bebe mor gorda gordo love hun hon babe mate buddy pal \
    sweetie darling luv fam guys sis chicos lindura gatinha miga migo amore fofa fofo chefe patrao irma irmao campeao \
    vato compa carnal maestro cuate cuñada cunada suegra sogra cunado cuñado comadre compadre \
    pregunta consulta reserva vaga vagas cupo cupos plaza spot spots seat seats verdad suerte bendiciones saludos centro downtown ideia idea abrazo beso besos beijo beijos abracos ";

/// How people address whom they write to: such a word says nothing of its own.
const VOCATIVE: &str = " casera casero caserita caserito tche mana mano viu visse oxe abeg oya veci vecis vecina vecino vecinita amiga amigo amigos amigas jefe jefa jefecita jefecito patron patrona \
    doc doctor doctora doctorcita profe profa maestro maestra señor senor señora senora señorita senorita seño joven caballero \
    amor mor linda lindo reina rey corazon cielo hermosa guapa guapo mija mijo nena bella che loco boludo flaca flaco genia \
    genio capo crack bro brother hermano carnal compa cuate wey guey vato man parce parcero parcera llave socio socia mano manito \
    sumerce po pues moça moca moco querida querido gata flor mana dona seu amore chefe patrao parceiro gatinha \
    love hun hon dear mate buddy pal darling sir madam maam babe dude guys team cariño carino maja tio tia \
    don doña dona mi mis ";

/// People whom a customer speaks of.
const PERSON: &str = " mama papa madre padre mae pai mom dad mother father mum esposa esposo marido mujer novia novio hijo hija \
    hermana hermano amiga amigo prima primo tia tio abuela abuelo wife husband son daughter sister brother friend boyfriend \
    girlfriend cunada cunado suegra suegro nuera yerno vecina vecino jefe jefa boss socia socio secretaria asistente irma irmao \
    namorado namorada filha filho sogra sogro cunhada cunhado vo vovo colega coworker roommate partner señora senora señor ";

/// Returns whether the word names somebody who is not in the chat.
pub(crate) fn is_person(word: &str) -> bool {
    lists_of(word) & PERSON_BIT != 0
}

pub(crate) fn is_vocative(word: &str) -> bool {
    lists_of(word) & VOCATIVE_BIT != 0
}

pub(crate) fn is_stop(word: &str) -> bool {
    lists_of(word) & STOP_BIT != 0
}

pub(crate) fn is_weak(word: &str) -> bool {
    lists_of(word) & WEAK_BIT != 0
}

/// Returns whether the word is everyday talk and names no goods.
pub(crate) fn is_common(word: &str) -> bool {
    lists_of(word) & (COMMON_BIT | STOP_BIT | WEAK_BIT) != 0 || crate::read::knows(word)
}

/// Returns whether the word belongs to a conversation and not to goods, whatever its stem.
pub(crate) fn is_talk(word: &str) -> bool {
    let lists = lists_of(word);
    (lists & COMMON_BIT != 0 || crate::read::knows(word)) && lists & WEAK_BIT == 0 && group_of(word).is_none()
}

const STOP_BIT: u8 = 1;
const WEAK_BIT: u8 = 2;
const COMMON_BIT: u8 = 4;
const VOCATIVE_BIT: u8 = 8;
const PERSON_BIT: u8 = 16;

/// Returns the lists that the word is in.
fn lists_of(word: &str) -> u8 {
    static LISTS: LazyLock<FxHashMap<&'static str, u8>> = LazyLock::new(|| {
        let all = [
            (STOP, STOP_BIT),
            (WEAK, WEAK_BIT),
            (COMMON, COMMON_BIT),
            (VOCATIVE, VOCATIVE_BIT),
            (PERSON, PERSON_BIT),
        ];
        let mut lists = FxHashMap::default();
        for (list, bit) in all {
            for word in list.split_whitespace() {
                *lists.entry(word).or_default() |= bit;
            }
        }
        lists
    });
    LISTS.get(word).copied().unwrap_or_default()
}

/// Returns the group that the word belongs to, if it is in one.
pub(crate) fn group_of(word: &str) -> Option<&'static str> {
    static GROUPS: LazyLock<FxHashMap<&'static str, &'static str>> = LazyLock::new(|| {
        SYNONYMS
            .iter()
            .flat_map(|line| {
                let mut words = line.split(' ');
                let group = words.next().unwrap_or_default();
                words.map(move |word| (word, group))
            })
            .collect()
    });
    let singular = || word.strip_suffix("es").or_else(|| word.strip_suffix('s'));
    GROUPS.get(word).copied().or_else(|| {
        let short = |word: &str| GROUPS.get(word).copied();
        word.strip_suffix('s')
            .and_then(short)
            .or_else(|| singular().and_then(short))
    })
}

/// Returns what a lone letter means: a size, or after digits a measure.
pub(crate) fn group_of_letter(letter: &str, after_digits: bool) -> Option<&'static str> {
    Some(match (letter, after_digits) {
        ("m", true) => "metro",
        ("l", true) => "~l",
        ("g", true) => "~g",
        ("s" | "p", false) => "=s",
        ("m", false) => "=m",
        ("l" | "g", false) => "=l",
        _ => return None,
    })
}

pub(crate) fn is_colour(key: &str) -> bool {
    key.starts_with('#')
}

pub(crate) fn is_size(key: &str) -> bool {
    key.starts_with('=')
}

/// Returns the group of a period of so many months, if there is one.
pub(crate) fn period_of_months(months: u32) -> Option<&'static str> {
    match months {
        3 => Some("~3m"),
        6 => Some("~6m"),
        12 => Some("~12m"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_told_apart() {
        assert!(is_stop("de") && is_weak("caja") && is_common("jueves"));
        assert!(!is_weak("vestido") && !is_common("zapato"));
        assert_eq!(group_of("negras"), group_of("black"));
    }

    #[test]
    fn a_word_is_in_one_group() {
        let mut seen = std::collections::HashMap::new();
        for line in SYNONYMS {
            for word in line.split(' ').skip(1) {
                assert_eq!(seen.insert(word, line), None, "{word}");
            }
        }
    }
}

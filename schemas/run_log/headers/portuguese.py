"""Portuguese headers. Not here, because logs mean other things by them: nome, partida (a start), insumo."""

from schemas.run_log.headers.table import table

PORTUGUESE = table(
    supplier_reference_id="""
        N.º do lote | Lote | Número do lote | Número de lote | N.º de lote | N.º lote | Código do lote
        Código de lote | Referência | Referência do lote | Ref. | Ref. lote | ID do lote | ID de lote
        ID lote | Lote de produção | Batelada | N.º da batelada | Número da batelada | Código da batelada
    """,
    facility="""
        Planta | Forno | Reator | Instalação | Fábrica | Usina | Forno de pirólise | Reator de pirólise
        Planta de pirólise | Usina de pirólise | Unidade de pirólise | Unidade de produção
        N.º do forno | Nome da planta | Nome do forno
    """,
    feedstock="""
        Matéria-prima | Matérias-primas | Biomassa | Tipo de biomassa | Tipo de matéria-prima
    """,
    started_at="""
        Início | Início da produção | Início de produção | Início produção | Início da pirólise
        Início de pirólise | Início pirólise | Início do lote | Data e hora de início
        Data e hora do início | Data/hora de início | Data/hora do início | Data hora início
        Data e hora início
    """,
    started_date="Data de início | Data do início | Data início | Início data | Data inicial",
    started_time="Hora de início | Hora do início | Hora início | Início hora | Hora inicial",
    ended_at="""
        Fim | Término | Fim da produção | Fim de produção | Fim produção | Término da produção
        Fim da pirólise | Fim de pirólise | Fim pirólise | Término da pirólise | Fim do lote
        Data e hora de fim | Data e hora do fim | Data/hora de fim | Data/hora do fim | Data hora fim
        Data e hora de término | Data e hora do término | Data e hora fim
    """,
    ended_date="""
        Data de fim | Data do fim | Data fim | Fim data | Data de término | Data do término | Data final
    """,
    ended_time="""
        Hora de fim | Hora do fim | Hora fim | Fim hora | Hora de término | Hora do término | Hora final
    """,
    mass="""
        Massa de biochar | Biochar | Biocarvão | Massa biochar | Massa do biochar | Massa de biocarvão
        Massa do biocarvão | Massa biocarvão | Peso de biochar | Peso biochar | Peso do biochar
        Peso de biocarvão | Peso do biocarvão | Biochar produzido | Biocarvão produzido
        Quantidade de biochar | Quantidade de biocarvão | Produção de biochar | Produção de biocarvão
        Massa | Peso | Peso líquido | Massa líquida
    """,
    mass_unit="Unidade | Unidades | Unidade de massa | Unidade de peso | Unidade de medida",
    mass_standard_deviation="""
        Desvio padrão | Desv. pad. | Desvio-padrão da massa | Desvio padrão massa
    """,
    display_name="Nome do lote | Nome de exibição | Nome da batelada",
)

"""Spanish headers. Not here, because logs mean other things by them: nombre, cantidad, partida, insumo."""

from schemas.run_log.headers.table import table

SPANISH = table(
    supplier_reference_id="""
        N.º de lote | Lote | Número de lote | Número del lote | N.º lote | Nro. de lote | Nro. lote
        Núm. de lote | Código de lote | Código del lote | Referencia | Referencia del lote
        Referencia de lote | Ref. | Ref. lote | ID de lote | ID del lote | ID lote | Lote de producción
    """,
    facility="""
        Planta | Horno | Reactor | Instalación | Fábrica | Horno de pirólisis | Reactor de pirólisis
        Planta de pirólisis | Unidad de pirólisis | Unidad de producción | Planta de producción
        Sitio de producción | N.º de horno | Nombre de la planta | Nombre del horno
    """,
    feedstock="""
        Materia prima | Materias primas | Biomasa | Tipo de biomasa | Tipo de materia prima
    """,
    started_at="""
        Inicio | Comienzo | Inicio de producción | Inicio de la producción | Inicio producción
        Inicio de pirólisis | Inicio de la pirólisis | Inicio pirólisis | Inicio del lote
        Fecha y hora de inicio | Fecha/hora de inicio | Fecha hora inicio | Fecha y hora inicio
    """,
    started_date="Fecha de inicio | Fecha inicio | Fecha del inicio | Inicio fecha | Fecha de comienzo",
    started_time="Hora de inicio | Hora inicio | Hora del inicio | Inicio hora | Hora de comienzo",
    ended_at="""
        Fin | Término | Finalización | Fin de producción | Fin de la producción | Fin producción
        Fin de pirólisis | Fin de la pirólisis | Fin pirólisis | Fin del lote | Fecha y hora de fin
        Fecha/hora de fin | Fecha hora fin | Fecha y hora fin | Fecha y hora de finalización
        Fecha y hora de término
    """,
    ended_date="""
        Fecha de fin | Fecha fin | Fecha del fin | Fin fecha | Fecha de finalización | Fecha de término
        Fecha final
    """,
    ended_time="""
        Hora de fin | Hora fin | Hora del fin | Fin hora | Hora de finalización | Hora de término
        Hora final
    """,
    mass="""
        Masa de biochar | Biochar | Biocarbón | Masa biochar | Masa del biochar | Masa de biocarbón
        Masa del biocarbón | Peso de biochar | Peso biochar | Peso del biochar | Peso de biocarbón
        Peso del biocarbón | Biochar producido | Biocarbón producido | Cantidad de biochar
        Cantidad de biocarbón | Producción de biochar | Producción de biocarbón | Masa | Peso
        Peso neto | Masa neta
    """,
    mass_unit="Unidad | Unidades | Unidad de masa | Unidad de peso | Unidad de medida",
    mass_standard_deviation="""
        Desviación estándar | Desviación típica | Desv. est. | Desv. estándar | Desv. típica
        Desviación estándar de la masa | Desviación estándar masa | Desviación típica de la masa
    """,
    display_name="Nombre del lote | Nombre de lote | Nombre para mostrar",
)
